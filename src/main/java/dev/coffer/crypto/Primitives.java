package dev.coffer.crypto;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.mac.MacConfig2026;
import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;

/**
 * The places where key bytes pass into and out of Tink's types. Tink's configurations are passed explicitly: its
 * process-wide registry is neither used nor filled.
 */
final class Primitives {
    /** An AES-256 key. */
    static final int KEY_BYTES = 32;

    static final Configuration AEAD = AeadConfig2026.get();
    static final Configuration MAC = MacConfig2026.get();

    /** Without a prefix: what it encrypts is told apart by where it stands. */
    static final AesGcmParameters AES_256_GCM = aes256Gcm();

    private Primitives() {}

    private static AesGcmParameters aes256Gcm() {
        try {
            return AesGcmParameters.builder()
                    .setKeySizeBytes(KEY_BYTES)
                    .setIvSizeBytes(12)
                    .setTagSizeBytes(16)
                    .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM is always available", e);
        }
    }

    /** AES-256-GCM with 12-byte random nonces in front and 16-byte tags behind the ciphertext. */
    @AccessesPartialKey
    static Aead aes256Gcm(byte[] key) throws GeneralSecurityException {
        return AesGcmJce.create(AesGcmKey.builder()
                .setParameters(AES_256_GCM)
                .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
                .build());
    }

    /** A keyset in clear; the caller encrypts and wipes it. */
    static byte[] serialize(KeysetHandle keyset, Configuration configuration) throws GeneralSecurityException {
        return TinkProtoKeysetFormat.serializeKeyset(keyset, InsecureSecretKeyAccess.get(), configuration);
    }

    static KeysetHandle parse(byte[] keyset, Configuration configuration) throws GeneralSecurityException {
        return TinkProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get(), configuration);
    }
}
