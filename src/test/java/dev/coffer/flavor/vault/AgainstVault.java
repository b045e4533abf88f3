package dev.coffer.flavor.vault;

import java.util.Map;

/** A test that runs against a real Vault, and in {@link OpenBaoTest} once more against a real OpenBao. */
interface AgainstVault {
    /** Whose server it is. */
    default VaultServer.Product product() {
        return VaultServer.Product.VAULT;
    }

    /** The server that all tests of this JVM share. */
    default VaultServer server() {
        return VaultServer.shared(product());
    }

    /** An engine of its own in that server. */
    default VaultBackend newBackend(int kvVersion, Map<String, String> attributes) {
        return new VaultBackend(product(), kvVersion, attributes);
    }
}
