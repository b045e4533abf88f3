package dev.coffer.flavor.github;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.coffer.secrets.SecretValue;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * The key that values are sealed for.
 *
 * @param id by which GitHub knows it
 * @param key 32 bytes
 */
record GithubPublicKey(String id, byte[] key) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Asks for the place's key. */
    static GithubPublicKey read(GithubClient client, String operation) {
        GithubAnswer answer =
                client.send(operation, "GET", client.settings().place().path() + "/public-key", null);
        if (!answer.ok()) {
            throw client.refused(operation, answer);
        }
        String id = answer.body().path("key_id").asText("");
        byte[] key;
        try {
            key = Base64.getDecoder().decode(answer.body().path("key").asText(""));
        } catch (IllegalArgumentException e) {
            key = new byte[0];
        }
        if (id.isEmpty() || key.length != SealedBox.KEY_BYTES) {
            throw client.failed(operation, "the answer holds no public key", "check the attribute url");
        }
        return new GithubPublicKey(id, key);
    }

    /** A value as GitHub takes it. */
    ObjectNode seal(GithubClient client, String operation, SecretValue value) {
        byte[] clear = value.revealUtf8();
        try {
            return GithubClient.object()
                    .put("encrypted_value", Base64.getEncoder().encodeToString(SealedBox.seal(clear, key, RANDOM)))
                    .put("key_id", id);
        } catch (IllegalArgumentException e) {
            throw client.failed(operation, "the public key is none that anything can be sealed for", null);
        } finally {
            Arrays.fill(clear, (byte) 0);
        }
    }

    /** The id. */
    @Override
    public String toString() {
        return "GithubPublicKey(" + id + ")";
    }
}
