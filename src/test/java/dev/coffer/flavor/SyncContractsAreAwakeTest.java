package dev.coffer.flavor;

import static dev.coffer.flavor.Clauses.assertNoticed;

import dev.coffer.secrets.BulkReadsContract;
import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.ProviderLimitsContract;
import dev.coffer.secrets.RevisionsContract;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.UntrustedStorageContract;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The same as {@link ContractsAreAwakeTest} for what a target tells a synchronization. */
class SyncContractsAreAwakeTest {
    private interface Making extends Function<SecretsManager, RevisedMemory> {}

    private static ContractFixture revisions(Making making) {
        MemoryBackend backend = new MemoryBackend();
        return new RevisionsContract() {
            @Override
            protected SecretsManager open() {
                return making.apply(backend.open()).manager();
            }

            @Override
            protected SecretsManager openElsewhere() {
                return making.apply(backend.openElsewhere()).manager();
            }
        };
    }

    private static ContractFixture bulkReads(Making making) {
        MemoryBackend backend = new MemoryBackend();
        return new BulkReadsContract() {
            @Override
            protected SecretsManager open() {
                return making.apply(backend.open()).manager();
            }

            @Override
            protected SecretsManager openElsewhere() {
                return making.apply(backend.openElsewhere()).manager();
            }

            @Override
            protected SecretName plantUnreadable() {
                return RevisedMemory.UNREADABLE;
            }
        };
    }

    private static ContractFixture limits(Making making) {
        MemoryBackend backend = new MemoryBackend();
        return new ProviderLimitsContract() {
            @Override
            protected SecretsManager open() {
                return making.apply(backend.open()).manager();
            }

            @Override
            protected SecretsManager openElsewhere() {
                return making.apply(backend.openElsewhere()).manager();
            }

            @Override
            protected boolean refuses(Secret secret) {
                return secret.name().value().length() > RevisedMemory.LONGEST;
            }
        };
    }

    private static ContractFixture untrusted(Making making) {
        MemoryBackend backend = new MemoryBackend();
        return new UntrustedStorageContract() {
            @Override
            protected SecretsManager open() {
                return making.apply(backend.open()).manager();
            }

            @Override
            protected SecretsManager openElsewhere() {
                return making.apply(backend.openElsewhere()).manager();
            }
        };
    }

    @Test
    void withoutFault_everyClausePasses() throws ReflectiveOperationException {
        List<Supplier<ContractFixture>> contracts = List.of(
                () -> revisions(RevisedMemory::new),
                () -> bulkReads(RevisedMemory::new),
                () -> limits(RevisedMemory::new),
                () -> untrusted(RevisedMemory::new));
        for (Supplier<ContractFixture> contract : contracts) {
            for (Method clause : Clauses.of(contract.get().getClass())) {
                Clauses.run(contract.get(), clause.getName());
            }
        }
    }

    @Test
    void writesOverWhatWasNotSeen_areNoticed() {
        Making updates = memory -> new RevisedMemory(memory) {
            @Override
            public String updateRevised(Secret secret, String expected) {
                return super.updateRevised(
                        secret,
                        findRevision(secret.name())
                                .flatMap(RevisionEntry::revision)
                                .orElse(expected));
            }
        };
        Making deletes = memory -> new RevisedMemory(memory) {
            @Override
            public void deleteRevised(SecretName name, String expected) {
                memory().deleteSecret(name);
            }
        };
        assertNoticed(() -> revisions(updates), "otherRevision_isConflict_andNothingIsWritten");
        assertNoticed(() -> revisions(deletes), "otherRevision_isConflict_andNothingIsWritten");
    }

    @Test
    void revisionsThatAreMixedUp_areNoticed() {
        Making always = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<RevisionEntry> findRevision(SecretName name) {
                return super.findRevision(name)
                        .map(entry -> new RevisionEntry(name, Optional.of("same"), entry.owned()));
            }
        };
        Making byVersionAlone = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<RevisionEntry> findRevision(SecretName name) {
                return super.findRevision(name)
                        .map(entry -> new RevisionEntry(
                                name, entry.revision().map(text -> text.replaceAll("@.*", "")), entry.owned()));
            }
        };
        Making another = memory -> new RevisedMemory(memory) {
            @Override
            public String registerRevised(Secret secret) {
                return super.registerRevised(secret) + "0";
            }
        };
        Making everyTime = memory -> new RevisedMemory(memory) {
            private int asked;

            @Override
            public Optional<RevisionEntry> findRevision(SecretName name) {
                return super.findRevision(name)
                        .map(entry ->
                                new RevisionEntry(name, entry.revision().map(text -> text + asked++), entry.owned()));
            }
        };
        assertNoticed(() -> revisions(always), "everyChange_isAnotherRevision", "secretMadeAnew_hasAnotherRevision");
        assertNoticed(() -> revisions(byVersionAlone), "secretMadeAnew_hasAnotherRevision");
        assertNoticed(() -> revisions(another), "register_tellsTheRevision_thatAllOthersTell");
        assertNoticed(() -> revisions(everyTime), "whatChangesNothing_isTheSameRevision");
    }

    @Test
    void whoeverIsToldWhatTheySawBefore_isNoticed() {
        Making contents = memory -> new RevisedMemory(memory) {
            @Override
            public Revised getRevised(SecretName name, String seen) {
                return new Revised(getRevised(name).secret(), seen);
            }
        };
        Making revisions = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<RevisionEntry> findRevision(SecretName name, String seen) {
                return super.findRevision(name).map(entry -> new RevisionEntry(name, Optional.of(seen), entry.owned()));
            }
        };
        Making forgotten = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<RevisionEntry> findRevision(SecretName name, String seen) {
                return Optional.of(new RevisionEntry(name, Optional.of(seen), Optional.of(true)));
            }
        };
        for (Making fault : List.of(contents, revisions, forgotten)) {
            assertNoticed(() -> revisions(fault), "whoSawARevision_isToldThatOne_orWhatCameAfter");
        }
    }

    @Test
    void listingsThatAreWrong_areNoticed() {
        Making cut = memory -> new RevisedMemory(memory) {
            @Override
            public List<RevisionEntry> listRevisions() {
                return super.listRevisions().stream().limit(1).toList();
            }
        };
        Making foreign = memory -> new RevisedMemory(memory) {
            @Override
            public List<RevisionEntry> listRevisions() {
                return super.listRevisions().stream()
                        .map(entry -> new RevisionEntry(entry.name(), entry.revision(), Optional.of(false)))
                        .toList();
            }
        };
        Making deletedOnes = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<RevisionEntry> findRevision(SecretName name) {
                return super.findRevision(name)
                        .or(() -> trace(name)
                                .map(trace -> new RevisionEntry(name, Optional.of("gone"), Optional.of(true))));
            }
        };
        assertNoticed(() -> revisions(cut), "listing_tellsAllOfTheScope_sorted");
        assertNoticed(() -> revisions(foreign), "register_tellsTheRevision_thatAllOthersTell");
        assertNoticed(() -> revisions(deletedOnes), "missing_isToldAsMissing");
    }

    @Test
    void readingsThatAreNotThoseOfEachAlone_areNoticed() {
        Making cut = memory -> new RevisedMemory(memory) {
            @Override
            public Map<SecretName, Reading> getSecrets(Collection<SecretName> names) {
                return super.getSecrets(names.stream().limit(20).toList());
            }
        };
        Making sorted = memory -> new RevisedMemory(memory) {
            @Override
            public Map<SecretName, Reading> getSecrets(Collection<SecretName> names) {
                return new TreeMap<>(super.getSecrets(names));
            }
        };
        Making remembered = memory -> new RevisedMemory(memory) {
            private final Map<SecretName, String> types = new HashMap<>();

            @Override
            Optional<Reading> reading(SecretName name) {
                return super.reading(name).map(reading -> {
                    if (!(reading instanceof Found found)) {
                        return reading;
                    }
                    Secret secret = found.secret();
                    String type = types.computeIfAbsent(name, first -> secret.schemaType());
                    return new Found(
                            Secret.ofStored(
                                    name,
                                    type,
                                    secret.content(),
                                    secret.version().orElse(null),
                                    secret.created().orElse(null),
                                    secret.updated().orElse(null)),
                            found.revision());
                });
            }
        };
        Making hiding = memory -> new RevisedMemory(memory) {
            @Override
            public Map<SecretName, Reading> getSecrets(Collection<SecretName> names) {
                Map<SecretName, Reading> readings = super.getSecrets(names);
                readings.values().forEach(Reading::secret);
                return readings;
            }
        };
        Making leavingOut = memory -> new RevisedMemory(memory) {
            @Override
            Optional<Reading> reading(SecretName name) {
                return super.reading(name).filter(reading -> reading instanceof Found);
            }
        };
        Making missing = memory -> new RevisedMemory(memory) {
            @Override
            Optional<Reading> reading(SecretName name) {
                return super.reading(name).or(() -> Optional.of(new Unreadable(new NoSuchSecretException(name))));
            }
        };
        Making withoutRevision = memory -> new RevisedMemory(memory) {
            @Override
            Optional<Reading> reading(SecretName name) {
                return super.reading(name)
                        .map(reading ->
                                reading instanceof Found found ? new Found(found.secret(), Optional.empty()) : reading);
            }
        };
        String asAlone = "several_areReadAsAlone_inTheOrderOfTheNames_withoutTheMissing";
        String trouble = "troubleOfOne_isToldOfThatOne_andHidesNoOther";
        assertNoticed(() -> bulkReads(cut), "many_areAllRead");
        assertNoticed(() -> bulkReads(sorted), asAlone, "none_andOneTwice_areReadOnceAtMost", trouble);
        assertNoticed(() -> bulkReads(remembered), "whatWasChangedSinceAListing_isReadAsItIsNow");
        assertNoticed(() -> bulkReads(hiding), trouble);
        assertNoticed(() -> bulkReads(leavingOut), trouble);
        assertNoticed(() -> bulkReads(missing), asAlone, "none_andOneTwice_areReadOnceAtMost");
        assertNoticed(() -> bulkReads(withoutRevision), asAlone);
    }

    @Test
    void limitsThatAreNotThoseOfTheWrite_areNoticed() {
        Making none = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<InvalidException> refusal(Secret secret) {
                return Optional.empty();
            }
        };
        Making changing = memory -> new RevisedMemory(memory) {
            private int asked;

            @Override
            public Optional<InvalidException> refusal(Secret secret) {
                return super.refusal(secret).map(e -> new InvalidException("reason " + asked++, "x", null));
            }
        };
        Making standingStill = memory -> new RevisedMemory(memory) {
            @Override
            public double writesPerSecond() {
                return 0;
            }
        };
        assertNoticed(() -> limits(none), "refusal_isThatOfTheWrite");
        assertNoticed(() -> limits(changing), "refusal_isThatOfTheWrite");
        assertNoticed(() -> limits(standingStill), "pace_isPositive");
    }

    @Test
    void tracesThatAreLostOrGoBack_areNoticed() {
        Making none = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<Trace> trace(SecretName name) {
                return super.trace(name).filter(trace -> !trace.deleted());
            }
        };
        Making alive = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<Trace> trace(SecretName name) {
                return super.trace(name).map(trace -> new Trace(trace.version(), false));
            }
        };
        Making standingStill = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<Trace> trace(SecretName name) {
                return super.trace(name).map(trace -> new Trace(1, trace.deleted()));
            }
        };
        Making made = memory -> new RevisedMemory(memory) {
            @Override
            public Optional<Trace> trace(SecretName name) {
                return super.trace(name).or(() -> Optional.of(new Trace(1, true)));
            }
        };
        for (Making fault : List.of(none, alive, standingStill, made)) {
            assertNoticed(() -> untrusted(fault), "versionsOfAName_neverGoBack");
        }
    }
}
