"""Reads, writes and lists entries of Vault's key-value engine by the client hvac.

usage: vault_kv.py read|write|list MOUNT VERSION PATH

Server and token are in VAULT_ADDR and VAULT_TOKEN. What is written is JSON on stdin, what is read is JSON on stdout:
null where there is nothing.
"""
import json
import sys

import hvac

action, mount, version, path = sys.argv[1:]
client = hvac.Client()
kv = client.secrets.kv.v2 if version == "2" else client.secrets.kv.v1
if action == "read":
    more = {"raise_on_deleted_version": True} if version == "2" else {}
    try:
        answer = kv.read_secret(path, mount_point=mount, **more)["data"]
        print(json.dumps(answer["data"] if version == "2" else answer))
    except hvac.exceptions.InvalidPath:
        print("null")
elif action == "write":
    kv.create_or_update_secret(path, json.load(sys.stdin), mount_point=mount)
elif action == "list":
    print(json.dumps(kv.list_secrets(path, mount_point=mount)["data"]["keys"]))
else:
    sys.exit(__doc__)
