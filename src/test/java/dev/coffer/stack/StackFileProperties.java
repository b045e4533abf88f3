package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.flavor.Flavors;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class StackFileProperties {
    private static final List<String> TYPES = List.of("artifact-store", "orchestrator", "experiment-tracker", "a1");

    /** A store in memory. */
    private static final class Store {
        final MemoryRecords records = new MemoryRecords();
        final Flavors flavors = Flavors.of(List.of(new TestFlavor("local"), new TestFlavor("other")));
        final Components components = new Components(records, flavors);
        final Stacks stacks = new Stacks(records, components, Optional.empty());
        final StackImporter importer = new StackImporter(records, components, stacks);

        StackFile export(String name) {
            return new StackExporter(components, stacks, flavors).of(stacks.require(name), (manager, secrets) -> {
                Map<SecretName, String> types = new HashMap<>();
                secrets.forEach(secret -> {
                    if (secret.value().length() % 2 == 0) { // any rule that holds in both stores will do
                        types.put(secret, "type_" + secret.value().length());
                    }
                });
                return types;
            });
        }
    }

    @Property(tries = 1000)
    void fileThatIsWritten_isReadAsTheSame(@ForAll("files") StackFile file) {
        assertEquals(file, StackFile.parse(file.toYaml(), "f"));
        assertEquals(file.toYaml(), StackFile.parse(file.toYaml(), "f").toYaml());
    }

    /** Whoever reads the file with another tool finds the same texts, and no number, boolean or date. */
    @Property(tries = 300)
    void otherReaders_findTexts(@ForAll("files") StackFile file) {
        Object loaded = new Load(LoadSettings.builder().build()).loadFromString(file.toYaml());
        Map<?, ?> root = (Map<?, ?>) loaded;
        assertEquals(file.name(), root.get("name"));
        List<?> components = Objects.requireNonNull((List<?>) root.get("components"));
        for (int i = 0; i < components.size(); i++) {
            Map<?, ?> component = (Map<?, ?>) components.get(i);
            Map<String, String> expected = file.components().get(i).attributes();
            assertEquals(expected, expected.isEmpty() ? Map.of() : component.get("attributes"));
        }
    }

    @Property(tries = 300)
    void exportImportExport_isTheSame(@ForAll("files") StackFile drawn) {
        StackFile wanted = withoutLeftOut(drawn);
        Store first = new Store();
        Store second = new Store();
        first.importer.apply(first.importer.plan(wanted, title -> StackImporter.Resolution.OVERWRITE));
        StackFile exported = first.export(wanted.name());

        StackImporter.Plan plan = second.importer.plan(
                StackFile.parse(exported.toYaml(), "f"), title -> StackImporter.Resolution.OVERWRITE);
        second.importer.apply(plan);
        StackFile again = second.export(wanted.name());

        assertEquals(withoutLeftOut(exported), again);
        for (StackFile.Component component : exported.components()) {
            Map<String, String> had =
                    first.components.require(component.type(), component.name()).attributes();
            TreeSet<String> accounted = new TreeSet<>(component.attributes().keySet());
            accounted.addAll(component.leftOut());
            assertEquals(had.keySet(), accounted, "each attribute is there or named as left out");
        }
        // A second time, nothing is to be done, and nothing is written.
        Map<?, ?> before = second.records.versions();
        StackImporter.Plan repeated = second.importer.plan(exported, title -> StackImporter.Resolution.LEAVE_OPEN);
        assertEquals(List.of(), repeated.open());
        second.importer.apply(repeated);
        assertEquals(before, second.records.versions());
    }

    private static StackFile withoutLeftOut(StackFile file) {
        return new StackFile(
                file.name(),
                file.components().stream()
                        .map(one -> new StackFile.Component(
                                one.type(),
                                one.name(),
                                one.flavor(),
                                one.flavorClass(),
                                one.attributes(),
                                new TreeSet<>()))
                        .toList(),
                file.secrets());
    }

    /** No text makes anything but a file or the one error, and no attribute of it is quoted. */
    @Property(tries = 2000)
    void anyDamage_isAFileOrARefusalWithItsPlace(
            @ForAll("files") StackFile file, @ForAll("damage") String damage, @ForAll int at) {
        String yaml = file.toYaml();
        int place = Math.floorMod(at, yaml.length());
        String damaged = yaml.substring(0, place) + damage + yaml.substring(Math.min(yaml.length(), place + 3));
        try {
            assertNotNull(StackFile.parse(damaged, "the file f"));
        } catch (InvalidException e) {
            assertTrue(e.getMessage().matches("(?s)the file f, line \\d+, column \\d+: .*"), e.getMessage());
        }
    }

    @Provide
    Arbitrary<String> damage() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "&a ", "*a", "!!int ", "!x ", "\t", "\n", "}", "{", "- ", "? ", ": ", "\"", "'", "#", "---\n"),
                Arbitraries.strings().ofMaxLength(4));
    }

    @Provide
    Arbitrary<StackFile> files() {
        return Combinators.combine(names(), managers(), others()).as((name, manager, others) -> {
            List<StackFile.Component> all = new ArrayList<>(others);
            all.add(manager);
            return new StackFile(name, all, needs(all, manager));
        });
    }

    /** As an export would find them. */
    private static List<StackFile.Need> needs(List<StackFile.Component> all, StackFile.Component manager) {
        TreeMap<SecretName, TreeSet<String>> needed = new TreeMap<>();
        for (StackFile.Component one : all) {
            if (!one.type().equals(ComponentType.SECRETS_MANAGER)) {
                References.of(new ComponentDefinition(
                                one.type(), one.flavor(), one.name(), UUID.randomUUID(), one.attributes()))
                        .needed()
                        .forEach((secret, keys) -> needed.computeIfAbsent(secret, none -> new TreeSet<>())
                                .addAll(keys));
            }
        }
        return needed.entrySet().stream()
                .map(need -> new StackFile.Need(manager.name(), need.getKey(), Optional.empty(), need.getValue()))
                .toList();
    }

    private static Arbitrary<String> names() {
        return Arbitraries.oneOf(
                Arbitraries.of("true", "no", "1", "1e5", "null", ".inf", "2026-01-01", "0x1f", "staging", "y"),
                Arbitraries.strings().withChars("abcXYZ0189._").ofMinLength(1).ofMaxLength(20),
                Arbitraries.strings().withChars("abcXYZ0189._").ofLength(128));
    }

    private static Arbitrary<StackFile.Component> managers() {
        Arbitrary<StackFile.Component> local = Arbitraries.just(new StackFile.Component(
                ComponentType.SECRETS_MANAGER, "local", "local", Optional.empty(), new TreeMap<>(), new TreeSet<>()));
        Arbitrary<StackFile.Component> own = Combinators.combine(
                        names(), Arbitraries.of("local", "other"), texts().optional(), texts().optional())
                .as((name, flavor, box, pin) -> {
                    TreeMap<String, String> attributes = new TreeMap<>();
                    box.ifPresent(text -> attributes.put("box", text.replace("{{", "")));
                    pin.ifPresent(text -> attributes.put("pin", text.replace("{{", "")));
                    return new StackFile.Component(
                            ComponentType.SECRETS_MANAGER, name, flavor, Optional.empty(), attributes, new TreeSet<>());
                });
        return Arbitraries.oneOf(local, own);
    }

    private static Arbitrary<List<StackFile.Component>> others() {
        Arbitrary<StackFile.Component> one = Combinators.combine(
                        Arbitraries.of(TYPES),
                        names(),
                        names(),
                        Arbitraries.maps(attributeNames(), texts()).ofMaxSize(5),
                        attributeNames().set().ofMaxSize(2))
                .as((type, name, flavor, attributes, leftOut) -> {
                    TreeSet<String> out = new TreeSet<>(leftOut);
                    out.removeAll(attributes.keySet());
                    return new StackFile.Component(
                            new ComponentType(type), name, flavor, Optional.empty(), new TreeMap<>(attributes), out);
                });
        return one.list().ofMaxSize(4).map(list -> {
            Map<ComponentType, StackFile.Component> byType = new TreeMap<>();
            list.forEach(component -> byType.put(component.type(), component));
            return List.copyOf(byType.values());
        });
    }

    private static Arbitrary<String> attributeNames() {
        return Arbitraries.oneOf(
                Arbitraries.of("url", "key", "password", "api-token", "yes", "1", "a.b", "k".repeat(128)),
                Arbitraries.strings().withChars("abcXYZ01_").ofMinLength(1).ofMaxLength(8));
    }

    /** Any text that an attribute may have: references, and every sort of character. */
    private static Arbitrary<String> texts() {
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.of(
                        "{{db.password}}",
                        "{{prod/db[a.b]}}",
                        "\\{{",
                        "://u:pw@h",
                        " ",
                        "\n",
                        "\r\n",
                        "\t",
                        "\u0000",
                        "\u0085",
                        "\u2028",
                        "\ufeff",
                        "\ud83d\udd11",
                        "\"",
                        "\\",
                        "'",
                        ": ",
                        " #",
                        "true",
                        "~",
                        ""),
                Arbitraries.strings()
                        .withChars('a', 'z')
                        .withChars('\u0000', '\u00ff')
                        .withChars('\ue000', '\uffff')
                        .ofMaxLength(6));
        return piece.list().ofMaxSize(4).map(pieces -> String.join("", pieces)).filter(text -> {
            try {
                ReferenceText.parse(text);
                return true;
            } catch (InvalidException e) {
                return false;
            }
        });
    }
}
