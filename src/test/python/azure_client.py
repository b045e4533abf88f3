"""One operation of Azure's own client for Python: azure_client.py VAULT_URL CA_FILE TOKEN OPERATION < ARGUMENTS.json > ANSWER.json"""

import json
import sys
import time

from azure.core.credentials import AccessToken
from azure.keyvault.secrets import SecretClient

url, authorities, token, operation = sys.argv[1:]


class Given:
    """The token of the tests, for whoever asks."""

    def get_token(self, *scopes, **options):
        return AccessToken(token, int(time.time()) + 3600)


def properties(of):
    return {"name": of.name, "version": of.version, "content_type": of.content_type, "tags": of.tags}


with SecretClient(
    url, Given(), connection_verify=authorities, verify_challenge_resource=False, retry_total=0
) as client:
    arguments = json.load(sys.stdin)
    if operation == "set":
        answer = properties(client.set_secret(**arguments).properties)
    elif operation == "tag":
        answer = properties(client.update_secret_properties(**arguments))
    elif operation == "get":
        secret = client.get_secret(**arguments)
        answer = {"value": secret.value, **properties(secret.properties)}
    elif operation == "list":
        answer = [properties(each) for each in client.list_properties_of_secrets()]
    elif operation == "versions":
        answer = [properties(each) for each in client.list_properties_of_secret_versions(**arguments)]
    elif operation == "delete":
        answer = {"recovery_id": client.begin_delete_secret(**arguments).result().recovery_id}
    elif operation == "recover":
        answer = properties(client.begin_recover_deleted_secret(**arguments).result())
    else:
        sys.exit("there is no operation " + operation)
json.dump(answer, sys.stdout)
