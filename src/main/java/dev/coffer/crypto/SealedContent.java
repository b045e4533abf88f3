package dev.coffer.crypto;

/**
 * Content at rest.
 *
 * @param kekId which KEK wraps the DEK
 * @param wrappedDek the DEK, encrypted under the KEK: 5 bytes Tink prefix, 12 nonce, 33 encrypted bytes (1 algorithm,
 *     32 key), 16 tag
 * @param payload 1 byte format, 12 nonce, the encrypted content padded to a size class, 16 tag
 */
public record SealedContent(int kekId, byte[] wrappedDek, byte[] payload) {
    @Override
    public String toString() {
        return "SealedContent(" + payload.length + " bytes)";
    }
}
