package dev.coffer.flavor;

import static dev.coffer.flavor.Clauses.assertNoticed;
import static dev.coffer.flavor.Clauses.assertPass;
import static dev.coffer.flavor.FaultyContracts.atRest;
import static dev.coffer.flavor.FaultyContracts.broken;
import static dev.coffer.flavor.FaultyContracts.bulkWrites;
import static dev.coffer.flavor.FaultyContracts.conditionalWrites;
import static dev.coffer.flavor.FaultyContracts.operations;
import static dev.coffer.flavor.FaultyContracts.owned;
import static dev.coffer.flavor.FaultyContracts.recoverable;
import static dev.coffer.flavor.FaultyContracts.refusing;
import static dev.coffer.flavor.FaultyContracts.renaming;
import static dev.coffer.flavor.FaultyContracts.unreachable;
import static dev.coffer.flavor.FaultyContracts.versioned;
import static dev.coffer.flavor.FaultyContracts.withForeign;

import dev.coffer.flavor.FaultyManager.Call;
import dev.coffer.flavor.FaultyManager.Fault;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.ContractFixture;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretExistsException;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretPatch;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretVersion;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.WriteReceipt;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The contracts notice what they are there for: each test plants one fault into the memory flavor, and the clauses that
 * it names must fail. (Without the fault they pass, as the flavor's own tests show.)
 */
class ContractsAreAwakeTest {
    @Test
    void withoutFault_everyClausePasses() throws ReflectiveOperationException {
        List<Supplier<ContractFixture>> contracts = List.of(
                () -> operations("none", Call::proceed),
                () -> conditionalWrites("none", Call::proceed),
                () -> versioned("none", Call::proceed),
                () -> recoverable("none", Call::proceed),
                () -> renaming("none", Call::proceed),
                () -> bulkWrites("none", Call::proceed),
                () -> owned("none", Call::proceed));
        for (Supplier<ContractFixture> contract : contracts) {
            for (Method clause : Clauses.of(contract.get().getClass())) {
                Clauses.run(contract.get(), clause.getName());
            }
        }
    }

    // The six operations

    @Test
    void registerThatOverwrites_isNoticed() {
        Fault fault = call -> {
            try {
                return call.proceed();
            } catch (SecretExistsException e) {
                return call.manager().updateSecret(call.secret());
            }
        };
        assertNoticed(
                () -> operations("registerSecret", fault),
                "register_existing_isSecretExists_oldValueUntouched",
                "register_racing_exactlyOneWins");
    }

    @Test
    void deleteThatIsSilent_isNoticed() {
        Fault fault = call -> {
            try {
                return call.proceed();
            } catch (NoSuchSecretException e) {
                return null;
            }
        };
        assertNoticed(
                () -> operations("deleteSecret", fault),
                "delete_missing_isNoSuchSecret",
                "delete_leavesNothingLive",
                "delete_racing_exactlyOneWins");
    }

    @Test
    void updateThatMerges_isNoticed() {
        Fault fault = call -> call.manager()
                .mergeSecret(
                        call.secret().name(),
                        new SecretPatch(
                                call.secret().content(),
                                Set.of(),
                                Optional.of(call.secret().schemaType())));
        assertNoticed(() -> operations("updateSecret", fault), "update_replacesAll_keysNotGivenAreGone");
    }

    @Test
    void writeOnlyFlavor_thatIsNotDeclared_orReadsBack_isNoticed() {
        assertNoticed(
                () -> operations("readsValues", call -> false),
                "values_areReadBack_unlessTheFlavorIsDeclaredWriteOnly");
        assertNoticed(
                FaultyContracts::declaredWriteOnly,
                "values_areReadBack_unlessTheFlavorIsDeclaredWriteOnly",
                "register_thenGet_isTheSameSecret",
                "merge_changesTheTypeWhenTold");
    }

    @Test
    void updateThatAlwaysWrites_isNoticed() {
        Fault fault = call -> {
            call.manager().deleteSecret(call.secret().name());
            return call.manager().registerSecret(call.secret());
        };
        assertNoticed(
                () -> operations("updateSecret", fault),
                "update_changingNothing_writesNothing",
                "update_orderOnly_writesNothing");
    }

    @Test
    void updateThatMakesMissingSecrets_isNoticed() {
        Fault fault = call -> {
            try {
                return call.proceed();
            } catch (NoSuchSecretException e) {
                return call.manager().registerSecret(call.secret());
            }
        };
        assertNoticed(() -> operations("updateSecret", fault), "update_missing_isNoSuchSecret_nothingWritten");
    }

    @Test
    void mergeThatLosesTheType_isNoticed() {
        Fault fault = call -> {
            SecretPatch patch = (SecretPatch) call.arguments()[1];
            return call.manager()
                    .mergeSecret(call.name(), new SecretPatch(patch.set(), patch.remove(), Optional.of("arbitrary")));
        };
        assertNoticed(() -> operations("mergeSecret", fault), "merge_keepsTheType");
    }

    @Test
    void listThatIsUnsortedOrCut_isNoticed() {
        Fault reversed = call -> {
            List<SecretName> names = new ArrayList<>(call.manager().getAllSecretKeys());
            Collections.reverse(names);
            return names;
        };
        Fault sortedAsUtf16 = call -> call.manager().getAllSecretKeys().stream()
                .map(SecretName::value)
                .sorted()
                .map(SecretName::of)
                .toList();
        Fault firstPage =
                call -> call.manager().getAllSecretKeys().stream().limit(100).toList();
        assertNoticed(() -> operations("getAllSecretKeys", reversed), "list_isSortedByCodePoint");
        assertNoticed(() -> operations("getAllSecretKeys", sortedAsUtf16), "list_isSortedByCodePoint");
        assertNoticed(() -> operations("getAllSecretKeys", firstPage), "list_ofMoreThanAThousand_isCompleteAndSorted");
    }

    @Test
    void nameThatIsSoughtInAnOldList_isNoticed() {
        Fault fault = call -> false;
        assertNoticed(() -> operations("hasSecret", fault), "hasSecret_isWhetherThereIsOne");
    }

    @Test
    void schemasThatAreNotChecked_areNoticed() {
        Fault fault = call -> {
            try {
                return call.proceed();
            } catch (NoSuchSchemaException e) {
                return call.manager()
                        .registerSecret(
                                Secret.of(call.secret().name(), call.secret().content()));
            }
        };
        assertNoticed(
                () -> operations("registerSecret", fault), "schema_unknownOnRegister_isNoSuchSchema_nothingWritten");
    }

    // Content

    @Test
    void valuesThatChangeOnTheWay_areNoticed() {
        assertNoticed(
                () -> operations("getSecret", FaultyManager.values(String::strip)), "value_spacesAround_areNotTrimmed");
        assertNoticed(
                () -> operations("getSecret", FaultyManager.values(value -> value.replace("\r\n", "\n"))),
                "value_newlines_comeBack");
        assertNoticed(
                () -> operations("getSecret", FaultyManager.values(value -> value.replace("\0", ""))),
                "value_nul_comesBack");
        assertNoticed(
                () -> operations(
                        "getSecret",
                        FaultyManager.values(value -> value.startsWith("@@") ? value.substring(1) : value)),
                "value_atSigns_areNotExpanded");
        assertNoticed(
                () -> operations("getSecret", FaultyManager.values(value -> value.equals("null") ? "" : value)),
                "value_looksLikeAnotherType_staysText");
    }

    @Test
    void keysThatLoseTheirOrder_areNoticed() {
        Fault fault = call -> {
            Secret secret = call.manager().getSecret(call.name());
            return Secret.of(secret.name(), secret.schemaType(), new TreeMap<>(secret.content()));
        };
        assertNoticed(() -> operations("getSecret", fault), "keys_keepTheirOrder");
    }

    @Test
    void keysThatAreReserved_areNoticed() {
        Fault fault = call -> {
            Map<String, SecretValue> content = new LinkedHashMap<>(call.secret().content());
            content.remove("zenml_schema_name");
            return call.manager().registerSecret(Secret.of(call.secret().name(), content));
        };
        assertNoticed(() -> operations("registerSecret", fault), "keys_formerlyReserved_areJustKeys");
    }

    @Test
    void namesThatCollide_areNoticed() {
        assertNoticed(
                () -> operations("registerSecret", FaultyManager.stored(name -> name.toLowerCase(Locale.ROOT))),
                "names_caseTwins_areTwoSecrets");
        assertNoticed(
                () -> operations("registerSecret", FaultyManager.stored(name -> name.replace('/', '-'))),
                "names_thatSeparatorsCouldConfuse_areAllDifferent");
        assertNoticed(
                () -> operations("registerSecret", FaultyManager.stored(name -> name.replace("/", "_2F"))),
                "names_thatLookEncoded_areAllDifferent");
        assertNoticed(
                () -> operations(
                        "registerSecret",
                        FaultyManager.stored(name -> name.substring(0, Math.min(127, name.length())))),
                "names_ofAnyLength_areKept",
                "names_longWithOneTail_areTwoSecrets");
    }

    // Scope, secrecy, life cycle

    @Test
    void aSharedBackend_isNoticed() {
        assertNoticed(
                () -> new MemoryFlavorSecretsManagerContractTest() {
                    @Override
                    protected SecretsManager openElsewhere() {
                        return open();
                    }
                },
                "instances_elsewhere_shareNothing",
                "deleteAll_staysInItsScope");
    }

    @Test
    void valuesInErrors_areNoticed() {
        Fault fault = call -> {
            try {
                return call.proceed();
            } catch (SecretExistsException e) {
                throw new ConflictException(
                        "taken",
                        "db",
                        null,
                        new IllegalStateException(call.secret().value("k").revealText()));
            }
        };
        assertNoticed(() -> operations("registerSecret", fault), "secrecy_errorsHoldNoValue");
    }

    @Test
    void valuesAtRest_andABlindLook_areNoticed() {
        assertNoticed(() -> atRest(FaultyContracts::clear), "secrecy_valuesAreNowhereAtRest");
        assertNoticed(() -> atRest(FaultyContracts::clear), "secrecy_keysAreNowhereAtRest");
        assertNoticed(() -> atRest(manager -> new byte[] {1}), "secrecy_valuesAreNowhereAtRest");
        assertNoticed(() -> atRest(manager -> new byte[0]), "secrecy_valuesAreNowhereAtRest");
    }

    @Test
    void aSecretKeptOrClosedInsteadOfCopied_isNoticed() {
        Fault closes = call -> {
            Object receipt = call.proceed();
            call.secret().close();
            return receipt;
        };
        assertNoticed(() -> operations("registerSecret", closes), "register_leavesTheCallersSecretAlone");
        assertNoticed(() -> operations("updateSecret", closes), "update_leavesTheCallersSecretAlone");
    }

    @Test
    void closeThatDoesNothing_isNoticed() {
        assertNoticed(
                () -> operations("close", call -> null),
                "close_thenUse_isIllegalState",
                "close_neverUsed_isIllegalStateToo");
    }

    @Test
    void checkThatIsWrong_isNoticed() {
        assertNoticed(() -> operations("check", call -> Optional.of(unreachable())), "check_ofAWorkingManager_isEmpty");
        assertNoticed(() -> broken(Optional.empty()), "check_ofABrokenManager_saysWhatOperationsMeet");
        assertNoticed(
                () -> broken(Optional.of(new ConflictException("another trouble", null, null))),
                "check_ofABrokenManager_saysWhatOperationsMeet");
    }

    // Capabilities

    @Test
    void aCapabilityWithoutContract_isNoticed() {
        assertNoticed(
                () -> new MemoryFlavorSecretsManagerContractTest() {
                    @Override
                    protected Set<Class<? extends ContractFixture>> capabilityTests() {
                        Set<Class<? extends ContractFixture>> fewer = new HashSet<>(super.capabilityTests());
                        fewer.remove(MemoryFlavorRenamingContractTest.class);
                        return fewer;
                    }
                },
                "capabilities_eachHasItsContract_andNoOther");
    }

    @Test
    void aContractWithoutCapability_isNoticed() {
        assertNoticed(
                () -> new MemoryFlavorSecretsManagerContractTest() {
                    @Override
                    protected SecretsManager open() {
                        return FaultyManager.of(super.open(), Call::proceed, SecretsManager.class);
                    }
                },
                "capabilities_eachHasItsContract_andNoOther");
        assertNoticed(
                () -> new MemoryFlavorVersionedContractTest() {
                    @Override
                    protected SecretsManager open() {
                        return FaultyManager.of(super.open(), Call::proceed, SecretsManager.class);
                    }
                },
                "history_tellsEveryWrite_newestFirst");
    }

    @Test
    void writesWithoutCondition_areNoticed() {
        Fault updates = call -> call.manager().updateSecret(call.secret());
        Fault deletes = call -> {
            call.manager().deleteSecret(call.name());
            return null;
        };
        assertNoticed(
                () -> conditionalWrites("updateSecret", updates),
                "update_atAnOlderVersion_isConflict_valueUntouched",
                "update_atAVersionThatNeverWas_isConflict_valueUntouched",
                "update_changingNothing_atAnOlderVersion_isConflict",
                "update_racing_exactlyOneWins");
        assertNoticed(
                () -> conditionalWrites("deleteSecret", deletes), "delete_atAnotherVersion_isConflict_valueUntouched");
    }

    @Test
    void versionsThatBeginAgain_areNoticed() {
        Fault withoutTrace = call -> {
            call.manager().purgeSecret(call.name());
            return null;
        };
        Fault allWithoutTrace = call -> {
            call.manager().getAllSecretKeys().forEach(call.manager()::purgeSecret);
            return null;
        };
        assertNoticed(() -> operations("deleteSecret", withoutTrace), "delete_thenRegister_neverBringsBackAVersion");
        assertNoticed(
                () -> operations("deleteAllSecrets", allWithoutTrace), "delete_thenRegister_neverBringsBackAVersion");
        assertNoticed(
                () -> conditionalWrites("deleteSecret", withoutTrace),
                "expectedVersion_fromBeforeADelete_isConflictAfterwards");
    }

    @Test
    void brokenHistory_isNoticed() {
        Fault oldestFirst = call -> {
            List<SecretVersion> history = new ArrayList<>(call.manager().history(call.name()));
            Collections.reverse(history);
            return history;
        };
        Fault withoutTrace = call -> {
            call.manager().purgeSecret(call.name());
            return null;
        };
        Fault quietRollback = call -> new WriteReceipt(call.name(), 3L, true);
        assertNoticed(() -> versioned("history", oldestFirst), "history_tellsEveryWrite_newestFirst");
        assertNoticed(
                () -> versioned("deleteSecret", withoutTrace),
                "delete_leavesATombstone_andItsHistory",
                "register_ofADeletedName_continuesItsHistory",
                "versions_areNeverUsedTwice");
        assertNoticed(
                () -> versioned("rollback", quietRollback),
                "rollback_writesTheEarlierContentAsANewVersion",
                "rollback_ofADeletedSecret_bringsItBack",
                "rollback_toWhatNeverWas_isNoSuchSecret_nothingWritten");
        assertNoticed(
                () -> versioned("tombstones", call -> call.manager().getAllSecretKeys()),
                "tombstones_areOnlyTheDeletedOfThisScope_sorted");
    }

    @Test
    void brokenRecovery_isNoticed() {
        Fault first = call -> call.manager().rollback(call.name(), 1);
        Fault deletes = call -> {
            call.manager().deleteSecret(call.name());
            return null;
        };
        assertNoticed(
                () -> recoverable("recoverSecret", first),
                "recover_bringsBackWhatWasDeleted",
                "recover_live_isSecretExists_valueUntouched");
        assertNoticed(
                () -> recoverable("purgeSecret", deletes),
                "purge_live_leavesNothing",
                "purge_deleted_leavesNothing",
                "purge_thenRegister_startsAnew");
    }

    @Test
    void renamingByCopy_isNoticed() {
        Fault copies = call -> {
            SecretName to = (SecretName) call.arguments()[1];
            try (Secret secret = call.manager().getSecret(call.name())) {
                call.manager().registerSecret(Secret.of(to, secret.schemaType(), secret.content()));
            }
            call.manager().deleteSecret(call.name());
            return null;
        };
        assertNoticed(
                () -> renaming("renameSecret", copies),
                "rename_keepsVersionAndTimes",
                "history_goesWithTheSecret",
                "history_ofTheFreedNameStartsAnew");
    }

    @Test
    void bulkOneByOne_isNoticed() {
        Fault registers = call -> ((Collection<?>) call.arguments()[0])
                .stream()
                        .map(secret -> call.manager().registerSecret((Secret) secret))
                        .toList();
        Fault deletes = call -> {
            ((Collection<?>) call.arguments()[0]).forEach(name -> call.manager().deleteSecret((SecretName) name));
            return null;
        };
        assertNoticed(
                () -> bulkWrites("registerSecrets", registers),
                "register_oneTaken_isSecretExists_noneStored",
                "register_oneTwice_isSecretExists_noneStored",
                "register_oneNotFitting_isInvalid_noneStored",
                "register_racingWithOneNameInCommon_oneStoresAll_othersNone");
        assertNoticed(() -> bulkWrites("deleteSecrets", deletes), "delete_oneMissing_isNoSuchSecret_noneDeleted");
    }

    @Test
    void brokenOwnership_isNoticed() {
        assertNoticed(
                () -> owned("isOwned", call -> false), "registered_isOwned", "adopt_ofAnOwnedSecret_changesNothing");
        assertNoticed(() -> owned("adopt", call -> null), "missing_isNoSuchSecret");
        assertNoticed(
                () -> new MemoryFlavorOwnedContractTest() {
                    @Override
                    protected Optional<SecretName> plantForeign() {
                        manager().registerSecret(Secret.of(SecretName.of("foreign"), Map.of()));
                        return Optional.of(SecretName.of("foreign"));
                    }
                },
                "foreign_isNotWritten_untilItIsAdopted",
                "foreign_survivesDeleteAll");
    }

    // Hooks that the memory flavor leaves empty: what is right passes, too

    @Test
    void encryptedBytesAtRest_pass() {
        assertPass(() -> atRest(FaultyContracts::hashed), "secrecy_valuesAreNowhereAtRest");
        assertPass(() -> atRest(FaultyContracts::hashed), "secrecy_keysAreNowhereAtRest");
    }

    @Test
    void checkThatSaysWhy_passes() {
        assertPass(() -> broken(Optional.of(unreachable())), "check_ofABrokenManager_saysWhatOperationsMeet");
    }

    @Test
    void foreignSecretsLeftAlone_pass() {
        assertPass(() -> withForeign(true), "foreign_isNotWritten_untilItIsAdopted");
        assertPass(() -> withForeign(true), "foreign_survivesDeleteAll");
        assertNoticed(() -> withForeign(false), "foreign_isNotWritten_untilItIsAdopted", "foreign_survivesDeleteAll");
    }

    @Test
    void refusalsThatAreDeclared_pass() {
        Fault refusesLongNames = call -> {
            if (call.secret().name().value().length() > 127) {
                throw new InvalidException("too long", call.secret().name().value(), null);
            }
            return call.proceed();
        };
        assertPass(() -> refusing(refusesLongNames), "names_ofAnyLength_areKept");
        assertPass(() -> refusing(refusesLongNames), "names_longWithOneTail_areTwoSecrets");
        assertNoticed(() -> operations("registerSecret", refusesLongNames), "names_ofAnyLength_areKept");
        assertNoticed(() -> refusing(Call::proceed), "names_ofAnyLength_areKept");
    }
}
