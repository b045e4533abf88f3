package dev.coffer.flavor.vault;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * All that is tested against a real Vault, against a real OpenBao. Of the scopes those two whose paths begin differently:
 * the others have but another folder.
 */
@Tag("servers")
@Tag("again")
class OpenBaoTest {
    @Nested
    class Contract extends VaultFlavorSecretsManagerContractTest implements AgainstOpenBao {}

    @Nested
    class InNoneScope extends VaultFlavorInNoneScopeTest implements AgainstOpenBao {}

    @Nested
    class ConditionalWrites extends VaultFlavorConditionalWritesContractTest implements AgainstOpenBao {}

    @Nested
    class Owned extends VaultFlavorOwnedContractTest implements AgainstOpenBao {}

    @Nested
    class ProviderLimits extends VaultFlavorProviderLimitsContractTest implements AgainstOpenBao {}

    @Nested
    class Recoverable extends VaultFlavorRecoverableContractTest implements AgainstOpenBao {}

    @Nested
    class Revisions extends VaultFlavorRevisionsContractTest implements AgainstOpenBao {
        /** OpenBao dates versions by whole seconds, Vault by nanoseconds. */
        @Override
        protected void untilTheProvidersClockMoves() throws InterruptedException {
            Thread.sleep(1_000);
        }
    }

    @Nested
    class Scope extends VaultFlavorScopeContractTest implements AgainstOpenBao {}

    @Nested
    class Kv1Contract extends VaultFlavorKv1SecretsManagerContractTest implements AgainstOpenBao {}

    @Nested
    class Kv1Owned extends VaultFlavorKv1OwnedContractTest implements AgainstOpenBao {}

    @Nested
    class Kv1ProviderLimits extends VaultFlavorKv1ProviderLimitsContractTest implements AgainstOpenBao {}

    @Nested
    class Faults extends VaultFaultsTest implements AgainstOpenBao {}

    @Nested
    class Login extends VaultLoginTest implements AgainstOpenBao {}

    @Nested
    class Server extends VaultServerTest implements AgainstOpenBao {}

    @Nested
    class Hvac extends VaultHvacTest implements AgainstOpenBao {}

    @Nested
    class Kv2Sync extends VaultKv2SyncTest implements AgainstOpenBao {}

    @Nested
    class Kv1Sync extends VaultKv1SyncTest implements AgainstOpenBao {}

    @Nested
    class Kv2SyncCost extends VaultSyncCostTest implements AgainstOpenBao {}

    @Nested
    class Kv1SyncCost extends VaultKv1SyncCostTest implements AgainstOpenBao {}
}
