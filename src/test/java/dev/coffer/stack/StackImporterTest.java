package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.Flavors;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.StoredRecord;
import dev.coffer.stack.StackImporter.Action;
import dev.coffer.stack.StackImporter.Resolution;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StackImporterTest {
    private static final ComponentType MANAGER = ComponentType.SECRETS_MANAGER;
    private static final ComponentType STORE = new ComponentType("artifact-store");

    private final MemoryRecords records = new MemoryRecords();
    private final Flavors flavors = Flavors.of(List.of(new TestFlavor("local"), new TestFlavor("other")));
    private final Components components = new Components(records, flavors);
    private final Stacks stacks = new Stacks(records, components, Optional.empty());
    private final StackImporter importer = new StackImporter(records, components, stacks);

    private static StackFile file(String manager, String bucket) {
        return StackFile.parse(
                "{coffer-stack: 1, name: staging, components: [{type: secrets-manager, " + manager
                        + "}, {type: artifact-store, name: bucket, flavor: s3, " + bucket + "}]}",
                "f");
    }

    private static final StackFile FILE = file("name: team, flavor: other", "attributes: {url: u}");

    private StackImporter.Plan plan(StackFile file, Resolution resolution) {
        return importer.plan(file, title -> resolution);
    }

    private Stack take(StackFile file, Resolution resolution) {
        return importer.apply(plan(file, resolution));
    }

    private static Map<String, Action> actions(StackImporter.Plan plan) {
        return plan.items().stream()
                .collect(Collectors.toMap(item -> item.result().type().name(), StackImporter.Item::action));
    }

    private String url(String name) {
        return components.require(STORE, name).attributes().getOrDefault("url", "");
    }

    private static ComponentDefinition manager(Map<ComponentType, ComponentDefinition> components) {
        return Objects.requireNonNull(components.get(MANAGER));
    }

    @Test
    void everythingNew_isRegistered() {
        Stack stack = take(FILE, Resolution.LEAVE_OPEN);

        assertEquals(stack, stacks.require("staging"));
        assertEquals("team", manager(stacks.componentsOf(stack)).name());
        assertEquals("u", url("bucket"));
        assertEquals("default", stacks.active().name());
    }

    @Test
    void equalComponents_areUsed() {
        components.register(STORE, "bucket", "s3", Map.of("url", "u"));
        UUID before = components.require(STORE, "bucket").id();

        StackImporter.Plan plan = plan(FILE, Resolution.LEAVE_OPEN);

        assertEquals(Map.of("artifact-store", Action.UNCHANGED, "secrets-manager", Action.REGISTER), actions(plan));
        assertEquals(before, importer.apply(plan).components().get(STORE));
    }

    @Test
    void local_isThatOfTheStoreHere() {
        Stack stack = take(file("name: local, flavor: local", "attributes: {url: u}"), Resolution.LEAVE_OPEN);
        assertEquals(components.local().id(), stack.secretsManager());
    }

    @Test
    void nameThatIsTaken_isLeftOpen_andNothingIsImported() {
        components.register(STORE, "bucket", "s3", Map.of("url", "another"));
        stacks.register("staging", Map.of());
        StackImporter.Plan plan = plan(FILE, Resolution.LEAVE_OPEN);
        assertEquals(List.of("artifact store bucket", "stack staging"), plan.open());

        assertThrows(ConflictException.class, () -> importer.apply(plan));

        assertTrue(components.find(MANAGER, "team").isEmpty());
        assertEquals("another", url("bucket"));
    }

    @Test
    void skip_usesTheOneThatIsThere() {
        components.register(STORE, "bucket", "s3", Map.of("url", "another"));
        Stack stack = take(FILE, Resolution.SKIP);
        assertEquals(
                components.require(STORE, "bucket").id(), stack.components().get(STORE));
        assertEquals("another", url("bucket"));
    }

    @Test
    void skip_ofAStack_leavesItAsItIs() {
        Stack there = stacks.register("staging", Map.of());
        assertEquals(there, take(FILE, Resolution.SKIP));
        assertEquals(there, stacks.require("staging"));
        assertTrue(components.find(MANAGER, "team").isPresent());
    }

    @Test
    void overwrite_changesBoth_andKeepsWhoTheyAre() {
        UUID bucket = components
                .register(STORE, "bucket", "gcs", Map.of("url", "another", "more", "x"))
                .id();
        UUID stack = stacks.register("staging", Map.of(STORE, "bucket")).id();

        StackImporter.Plan plan = plan(FILE, Resolution.OVERWRITE);
        assertEquals(List.of("is used by staging"), plan.items().get(0).notes());
        Stack after = importer.apply(plan);

        assertEquals(stack, after.id());
        assertEquals(bucket, after.components().get(STORE));
        assertEquals(Map.of("url", "u"), components.require(STORE, "bucket").attributes());
        assertEquals("s3", components.require(STORE, "bucket").flavor());
    }

    @Test
    void rename_findsAFreeName_andTheSameOneAgain() {
        components.register(STORE, "bucket", "s3", Map.of("url", "another"));
        components.register(STORE, "bucket-2", "s3", Map.of("url", "a third"));
        stacks.register("staging", Map.of());

        Stack stack = take(FILE, Resolution.RENAME);

        assertEquals("staging-2", stack.name());
        assertEquals("u", url("bucket-3"));
        assertEquals("another", url("bucket"));
        StackImporter.Plan again = plan(FILE, Resolution.RENAME);
        assertFalse(again.changes());
        assertEquals(stack, importer.apply(again));
    }

    @Test
    void renamedName_staysWithinTheLimit() {
        String longest = "n".repeat(Names.LONGEST);
        stacks.register(longest, Map.of());
        Stack stack = take(FILE.named(longest), Resolution.RENAME);
        assertEquals(Names.LONGEST, stack.name().length());
        assertTrue(stack.name().endsWith("n-2"));
    }

    /** Else the secrets of the one that is there would be out of reach. */
    @Test
    void overwrite_ofAManagerOfAnotherFlavor_isRefused() {
        components.register(MANAGER, "team", "local", Map.of());
        assertThrows(ConflictException.class, () -> plan(FILE, Resolution.OVERWRITE));
        assertEquals(
                "team-2", manager(plan(FILE, Resolution.RENAME).components()).name());
    }

    @Test
    void flavorThatIsMissing_isRefused_withTheWayToGetIt() {
        StackFile file = file(
                "name: team, flavor: shared-folder, flavor-class: com.example.SharedFolder", "attributes: {url: u}");

        NoSuchRecordException missing =
                assertThrows(NoSuchRecordException.class, () -> plan(file, Resolution.LEAVE_OPEN));

        assertTrue(missing.getMessage().contains("flavor shared-folder"), missing.getMessage());
        assertTrue(
                missing.hint().orElse("").contains("flavor register com.example.SharedFolder --jar FILE"),
                missing.hint().toString());
    }

    @Test
    void attributesAreThoseOfTheFlavor() {
        StackFile unknown = file("name: team, flavor: other, attributes: {bax: b}", "attributes: {url: u}");
        assertThrows(InvalidException.class, () -> plan(unknown, Resolution.LEAVE_OPEN));
    }

    @Test
    void nameThatIsGiven_keepsTheGrammar() {
        for (String bad : List.of("a/b", "-a", "", "a b")) {
            assertThrows(InvalidException.class, () -> plan(FILE.named(bad), Resolution.LEAVE_OPEN), bad);
        }
    }

    @Test
    void whatWasLeftOut_isNoted_andKeptWhereItIs() {
        StackFile leaving = file("name: team, flavor: other, left-out: [pin]", "attributes: {url: u}");
        assertEquals(
                List.of("lacks pin, which the file leaves out"),
                plan(leaving, Resolution.LEAVE_OPEN).items().get(1).notes());
        components.register(MANAGER, "team", "other", Map.of("pin", "1234"));
        assertEquals(
                Action.UNCHANGED, actions(plan(leaving, Resolution.LEAVE_OPEN)).get("secrets-manager"));
        StackFile changing =
                file("name: team, flavor: other, attributes: {box: b}, left-out: [pin]", "attributes: {url: u}");

        take(changing, Resolution.OVERWRITE);

        assertEquals(
                Map.of("box", "b", "pin", "1234"),
                components.require(MANAGER, "team").attributes());
    }

    @Test
    void whatChangedSinceThePlan_isNotOverwritten() {
        components.register(STORE, "bucket", "s3", Map.of("url", "u"));
        StackImporter.Plan plan = plan(FILE, Resolution.LEAVE_OPEN);
        components.update(STORE, "bucket", Map.of("url", "late"), Set.of());
        assertThrows(ConflictException.class, () -> importer.apply(plan));
        assertTrue(stacks.find("staging").isEmpty());
        assertTrue(components.find(MANAGER, "team").isEmpty());
    }

    @Test
    void whatIsGoneSinceThePlan_isNotUsed() {
        components.register(STORE, "bucket", "s3", Map.of("url", "u"));
        StackImporter.Plan plan = plan(FILE, Resolution.LEAVE_OPEN);
        components.delete(components.deletion(STORE, "bucket"));
        assertThrows(ConflictException.class, () -> importer.apply(plan));
        assertTrue(stacks.find("staging").isEmpty());
    }

    @Test
    void nameThatIsTakenSinceThePlan_isNotTaken() {
        StackImporter.Plan plan = plan(FILE, Resolution.LEAVE_OPEN);
        components.register(MANAGER, "team", "local", Map.of());
        assertThrows(ConflictException.class, () -> importer.apply(plan));
        assertTrue(stacks.find("staging").isEmpty());

        StackImporter.Plan other = plan(FILE, Resolution.RENAME);
        stacks.register("staging", Map.of());
        assertThrows(ConflictException.class, () -> importer.apply(other));
        assertEquals(components.local().id(), stacks.require("staging").secretsManager());
    }

    @Test
    void default_thatIsNotStoredYet_canBeOverwritten() {
        StackFile file = FILE.named("default");
        assertEquals(List.of("stack default"), plan(file, Resolution.LEAVE_OPEN).open());
        take(file, Resolution.OVERWRITE);
        assertEquals("team", stacks.secretsManager().name());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            url           | s3://team                       | false
            password      | hunter2                         | true
            db_password   | {{db.password}}                 | false
            db_password   | {{db.password}}x                | true
            token         | \\{{db.password}}               | true
            api-key       | AKIA                            | true
            key           | AKIA                            | true
            keyboard      | us                              | false
            monkey        | jane                            | false
            author        | jane                            | false
            url           | jdbc://app:hunter2@db           | true
            url           | jdbc://app:{{db.password}}@db   | false
            url           | jdbc://{{db.user}}:hunter2@db   | true
            url           | jdbc://db:5432/x@y              | false
            conn          | Server=s;Password=hunter2;Port=1            | true
            conn          | Server=s;Password={{db.password}};Port=1    | false
            conn          | host=h password={{db.password}} port=1      | false
            conn          | AccountName=n;AccountKey=aHVudGVyMg==       | true
            url           | https://blob/x?sv=1&sig=hunter2             | true
            url           | https://blob/x?design=plain                 | false
            url           | https://host/x?page_token={{db.token}}&a=1  | false
            config        | {"db": {"password": "hunter2"}}             | true
            config        | {"db": {"password": "{{db.password}}"}}     | false
            header        | Authorization: Bearer hunter2hunter2        | true
            header        | Authorization: Bearer {{api.token}}         | false
            pem           | -----BEGIN RSA PRIVATE KEY----- MII         | true
            motto         | the bearer of news; basic needs             | false
            grammar       | secret: a thing that is kept                | true
            """)
    void credentialsInClear_areRecognized(String name, String text, boolean expected) {
        assertEquals(expected, StackExporter.mayBeCredential(Optional.empty(), name, text));
    }

    @Test
    void declaredFlavors_sayWhatIsSensitive() {
        TestFlavor flavor = new TestFlavor("other");
        assertTrue(StackExporter.mayBeCredential(Optional.of(flavor), "pin", "1234"));
        assertFalse(StackExporter.mayBeCredential(Optional.of(flavor), "pin", "{{a.b}}"));
        assertFalse(StackExporter.mayBeCredential(Optional.of(flavor), "box", "token"));
        assertTrue(StackExporter.mayBeCredential(Optional.of(flavor), "box", "x://u:p@h"));
    }

    @Test
    void noCredential_isInTheFile() {
        components.register(MANAGER, "team", "other", Map.of("box", "b", "pin", "hunter2"));
        components.register(STORE, "bucket", "s3", Map.of("secret_key", "hunter2", "id", "{{s3.id}}"));
        Stack stack = stacks.register("staging", Map.of(MANAGER, "team", STORE, "bucket"));
        assertNotEquals(components.local().id(), stack.secretsManager());

        StackFile file = new StackExporter(components, stacks, flavors).of(stack, (manager, secrets) -> Map.of());

        assertFalse(file.toYaml().contains("hunter2"), file.toYaml());
        assertEquals(Set.of("secret_key"), file.components().get(0).leftOut());
        assertEquals(Set.of("pin"), file.components().get(1).leftOut());
        assertEquals("team", file.secrets().get(0).manager());
    }

    @Test
    void ownReferencesOfTheManager_areNeededInLocal() {
        components.register(MANAGER, "team", "other", Map.of("pin", "{{folder.pin}}"));
        Stack stack = stacks.register("staging", Map.of(MANAGER, "team"));
        StackFile file = new StackExporter(components, stacks, flavors)
                .of(stack, (manager, secrets) -> Map.of(secrets.first(), "door"));
        assertEquals(
                List.of(new StackFile.Need(
                        "local", SecretName.of("folder"), Optional.of("door"), new TreeSet<>(Set.of("pin")))),
                file.secrets());
    }

    @Test
    void damagedStack_isNotExported() {
        components.register(STORE, "bucket", "s3", Map.of());
        Stack stack = stacks.register("staging", Map.of(STORE, "bucket"));
        StoredRecord bucket =
                records.findRecord("component", "artifact-store/bucket").orElseThrow();
        records.changeRecords(List.of(new RecordChange.Remove(bucket.id(), bucket.version())));
        assertThrows(
                IntegrityException.class,
                () -> new StackExporter(components, stacks, flavors).of(stack, (manager, secrets) -> Map.of()));
    }
}
