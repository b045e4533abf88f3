package dev.coffer.flavor.vault;

/** A test that runs against a real OpenBao. */
interface AgainstOpenBao extends AgainstVault {
    @Override
    default VaultServer.Product product() {
        return VaultServer.Product.OPENBAO;
    }
}
