"""Opens sealed boxes with libsodium: a line of JSON in, {"key": private key, "box": ...}, a line out, {"message": ...}.

All bytes are base64. With the argument "vectors" it makes the vectors in src/test/resources/github/sealed-boxes.json.
"""

import base64
import json
import sys

from nacl import bindings, public
from nacl.encoding import RawEncoder
from nacl.hash import blake2b


def text(data):
    return base64.b64encode(data).decode()


def vector(message):
    recipient = public.PrivateKey.generate()
    ephemeral = public.PrivateKey.generate()
    nonce = blake2b(bytes(ephemeral.public_key) + bytes(recipient.public_key), digest_size=24, encoder=RawEncoder)
    box = bytes(ephemeral.public_key) + bindings.crypto_box(
        message, nonce, bytes(recipient.public_key), bytes(ephemeral)
    )
    assert public.SealedBox(recipient).decrypt(box) == message
    return {
        "privateKey": text(bytes(recipient)),
        "publicKey": text(bytes(recipient.public_key)),
        "ephemeralKey": text(bytes(ephemeral)),
        "message": text(message),
        "box": text(box),
        "another": text(public.SealedBox(recipient.public_key).encrypt(message)),
    }


def main():
    if sys.argv[1:] == ["vectors"]:
        lengths = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 1024]
        vectors = [vector(bytes((i * 7 + n) % 256 for i in range(n))) for n in lengths]
        print(json.dumps(vectors, indent=1))
        return
    for line in sys.stdin:
        asked = json.loads(line)
        opened = public.SealedBox(public.PrivateKey(base64.b64decode(asked["key"]))).decrypt(
            base64.b64decode(asked["box"])
        )
        print(json.dumps({"message": text(opened)}), flush=True)


main()
