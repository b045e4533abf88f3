package dev.coffer.flavor;

import dev.coffer.flavor.FaultyManager.Fault;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.RemoteException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** The contracts, each as a test of a memory flavor that does something wrong, or something that memory has not. */
final class FaultyContracts {
    private FaultyContracts() {}

    static ContractFixture atRest(Function<SecretsManager, byte[]> look) {
        return new MemoryFlavorSecretsManagerContractTest() {
            @Override
            protected Optional<byte[]> rawBytesAtRest() {
                return Optional.of(look.apply(manager()));
            }
        };
    }

    /** All operations fail, and check says that. */
    static ContractFixture broken(Optional<CofferException> check) {
        Fault fault = call -> switch (call.method().getName()) {
            case "check" -> check;
            case "close" -> call.proceed();
            default -> throw unreachable();
        };
        return new MemoryFlavorSecretsManagerContractTest() {
            @Override
            protected Optional<SecretsManager> openBroken() {
                return Optional.of(FaultyManager.of(open(), fault, SecretsManager.class));
            }
        };
    }

    /** A backend with the secret {@code foreign}, which is left alone until it is adopted, or not. */
    static ContractFixture withForeign(boolean leftAlone) {
        SecretName foreign = SecretName.of("foreign");
        AtomicBoolean owned = new AtomicBoolean();
        Fault fault = call -> {
            if (owned.get()) {
                return call.proceed();
            }
            switch (call.method().getName()) {
                case "isOwned" -> {
                    return !call.name().equals(foreign);
                }
                case "adopt" -> owned.set(true);
                case "updateSecret" ->
                    refuseIf(leftAlone && call.secret().name().equals(foreign));
                case "deleteSecret" -> refuseIf(leftAlone && call.name().equals(foreign));
                case "deleteAllSecrets" -> {
                    List<SecretName> names = new ArrayList<>(call.manager().getAllSecretKeys());
                    names.removeIf(name -> leftAlone && name.equals(foreign));
                    call.manager().deleteSecrets(names);
                    return null;
                }
                default -> {}
            }
            return call.proceed();
        };
        return new MemoryFlavorOwnedContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), fault, MemorySecretsManager.class.getInterfaces());
            }

            @Override
            protected Optional<SecretName> plantForeign() {
                manager().registerSecret(Secret.of(foreign, Map.of()));
                return Optional.of(foreign);
            }
        };
    }

    private static void refuseIf(boolean foreign) {
        if (foreign) {
            throw new ConflictException("not made by coffer", "foreign", "adopt it");
        }
    }

    /** A flavor that says it refuses names of more than 127 characters. */
    static ContractFixture refusing(Fault register) {
        return new MemoryFlavorSecretsManagerContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), "registerSecret", register);
            }

            @Override
            protected boolean refuses(Secret secret) {
                return secret.name().value().length() > 127;
            }
        };
    }

    /** A flavor that says it gives no values back, and does. */
    static ContractFixture declaredWriteOnly() {
        return new MemoryFlavorSecretsManagerContractTest() {
            @Override
            protected boolean writeOnly() {
                return true;
            }
        };
    }

    static CofferException unreachable() {
        return new RemoteException("the server is gone", "server", null);
    }

    /** All keys and values, in clear. */
    static byte[] clear(SecretsManager manager) {
        StringBuilder all = new StringBuilder();
        for (SecretName name : manager.getAllSecretKeys()) {
            try (Secret secret = manager.getSecret(name)) {
                secret.content()
                        .forEach((key, value) -> all.append(key).append('=').append(value.revealText()));
            }
        }
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }

    static ContractFixture operations(String method, Fault fault) {
        return new MemoryFlavorSecretsManagerContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), method, fault);
            }
        };
    }

    static ContractFixture conditionalWrites(String method, Fault fault) {
        return new MemoryFlavorConditionalWritesContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), method, fault);
            }
        };
    }

    static ContractFixture versioned(String method, Fault fault) {
        return new MemoryFlavorVersionedContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), method, fault);
            }
        };
    }

    static ContractFixture recoverable(String method, Fault fault) {
        return new MemoryFlavorRecoverableContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), method, fault);
            }
        };
    }

    static ContractFixture renaming(String method, Fault fault) {
        return new MemoryFlavorRenamingContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), method, fault);
            }
        };
    }

    static ContractFixture bulkWrites(String method, Fault fault) {
        return new MemoryFlavorBulkWritesContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), method, fault);
            }
        };
    }

    static ContractFixture owned(String method, Fault fault) {
        return new MemoryFlavorOwnedContractTest() {
            @Override
            protected SecretsManager open() {
                return FaultyManager.of(super.open(), method, fault);
            }
        };
    }

    /** Bytes that change with every key and value, and in which none can be read. */
    static byte[] hashed(SecretsManager manager) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(clear(manager));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
