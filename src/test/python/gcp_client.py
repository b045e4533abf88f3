"""One request of Google's own client for Python: gcp_client.py ENDPOINT OPERATION < REQUEST.json > ANSWER.json"""

import json
import sys

from google.auth.credentials import AnonymousCredentials
from google.cloud import secretmanager_v1 as secretmanager
from google.cloud.secretmanager_v1.services.secret_manager_service.transports.rest import (
    SecretManagerServiceRestTransport,
)

endpoint, operation = sys.argv[1:]
client = secretmanager.SecretManagerServiceClient(
    transport=SecretManagerServiceRestTransport(
        host=endpoint.removeprefix("http://").rstrip("/"),
        url_scheme="http",
        credentials=AnonymousCredentials(),
    )
)
request_type = getattr(secretmanager, operation.title().replace("_", "") + "Request")
answer = getattr(client, operation)(request=request_type.from_json(sys.stdin.read()), retry=None)
if answer is None:
    json.dump({}, sys.stdout)
elif hasattr(answer, "pages"):
    json.dump([json.loads(type(one).to_json(one)) for one in answer], sys.stdout)
else:
    sys.stdout.write(type(answer).to_json(answer))
