package dev.coffer.flavor.vault;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** How to get a token. None of these shows what it holds. */
sealed interface VaultLogin {
    /** A token that somebody made. */
    record ByToken(String token) implements VaultLogin {
        @Override
        public String toString() {
            return "a token";
        }
    }

    /** A token in a file, which an agent may renew. */
    record ByFile(Path file) implements VaultLogin {
        @Override
        public String toString() {
            return "the token in a file";
        }
    }

    /**
     * A request that is answered with a token.
     *
     * @param path below {@code v1/}
     * @param body its fields
     * @param jwt the file whose content is the field {@code jwt}
     */
    record ByRequest(String path, Map<String, String> body, Optional<Path> jwt) implements VaultLogin {
        @Override
        public String toString() {
            return "a login";
        }
    }
}
