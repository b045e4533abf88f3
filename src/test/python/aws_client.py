"""One request of AWS's own client for Python: aws_client.py ENDPOINT REGION OPERATION < ARGUMENTS.json > ANSWER.json"""

import json
import sys

import boto3
from botocore.config import Config

endpoint, region, operation = sys.argv[1:]
client = boto3.client(
    "secretsmanager",
    endpoint_url=endpoint,
    region_name=region,
    aws_access_key_id="testing",
    aws_secret_access_key="testing",
    config=Config(retries={"total_max_attempts": 1}),
)
answer = getattr(client, operation)(**json.load(sys.stdin))
answer.pop("ResponseMetadata")
json.dump(answer, sys.stdout, default=str)
