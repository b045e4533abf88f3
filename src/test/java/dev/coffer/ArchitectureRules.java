package dev.coffer;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which package may name which other, and what may be named where. The rules read the code of a file, not its imports
 * alone: a fully qualified name counts too.
 */
final class ArchitectureRules {
    /** The root package, {@code dev.coffer} itself: the composition root. */
    private static final String ROOT = "";

    /** Each package and the others that it may name. */
    static final Map<String, Set<String>> MAY_NAME = Map.ofEntries(
            entry("component", Set.of()),
            entry("secrets", Set.of("component")),
            entry("crypto", Set.of("component", "secrets")),
            entry("storage", Set.of("component", "secrets")),
            entry("schema", Set.of("component", "secrets")),
            entry("sync", Set.of("component", "secrets")),
            entry("vault", Set.of("component", "secrets", "crypto", "storage", "schema")),
            entry("flavor", Set.of("component", "secrets", "vault", "schema")),
            entry("stack", Set.of("component", "secrets", "flavor")),
            entry(ROOT, Set.of("component", "secrets", "stack", "flavor", "vault", "sync")),
            entry("junit", Set.of("component", "secrets", "stack", "flavor", "vault", "sync", ROOT)),
            entry("cli", Set.of("component", "secrets", "schema", "vault", "flavor", "stack", "sync", "junit", ROOT)));

    /** What the two packages that every extension is built on may import. */
    private static final Map<String, Pattern> MAY_IMPORT = Map.of(
            "component", Pattern.compile("(?:java|dev\\.coffer)\\..*"),
            "secrets", Pattern.compile("(?:java|dev\\.coffer|org\\.jspecify)\\..*"));

    private static final Pattern OWN_NAME = name("dev\\.coffer\\.(\\w+)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^\\s*import\\s+(?:static\\s+)?([\\w.]+)");
    private static final Pattern WILDCARD = Pattern.compile("(?m)^\\s*import\\s+[\\w.]+\\.\\*");

    private record Ban(String rule, Pattern pattern, Predicate<SourceFile> where) {}

    private static final List<Ban> BANS = List.of(
            new Ban("only crypto names Tink", name("com\\.google\\.crypto\\.tink"), mainBut("crypto")),
            new Ban(
                    "only crypto, and the github flavor, name Bouncy Castle",
                    name("org\\.bouncycastle"),
                    mainBut("crypto").and(file -> !file.isFlavor("github"))),
            new Ban(
                    "only storage, and the postgres flavor, name JDBC, Flyway and SQLite",
                    name("javax?\\.sql|org\\.flywaydb|org\\.sqlite"),
                    mainBut("storage").and(file -> !file.isFlavor("postgres"))),
            new Ban(
                    "only the aws flavor names the AWS SDK",
                    name("software\\.amazon"),
                    file -> file.isMain() && !file.isFlavor("aws")),
            new Ban(
                    "only the gcp flavor names Google's client",
                    name("com\\.google\\.(?:api|auth|cloud|protobuf)|io\\.grpc"),
                    file -> file.isMain() && !file.isFlavor("gcp")),
            new Ban(
                    "only the azure flavor names the Azure SDK",
                    name("com\\.azure|com\\.microsoft|reactor"),
                    file -> file.isMain() && !file.isFlavor("azure")),
            new Ban("only cli names picocli", name("picocli"), mainBut("cli")),
            new Ban("only junit names JUnit", name("org\\.(?:junit|opentest4j|apiguardian)"), mainBut("junit")),
            new Ban(
                    "only cli, schema and stack read YAML",
                    name("org\\.(?:snakeyaml|yaml)"),
                    mainBut("cli", "schema", "stack")),
            new Ban(
                    "only schema names a JSON Schema validator",
                    name("com\\.networknt|com\\.github\\.erosb|org\\.everit|dev\\.harrel"),
                    mainBut("schema")),
            new Ban(
                    "component and secrets know no JSON",
                    name("com\\.fasterxml"),
                    file -> file.isMain() && MAY_IMPORT.containsKey(file.module())),
            new Ban("own code logs through System.Logger", name("org\\.slf4j"), SourceFile::isMain),
            new Ban(
                    "only cli prints",
                    Pattern.compile("\\bSystem\\.(?:out|err)\\b|\\bprintStackTrace\\(\\)"),
                    mainBut("cli")),
            new Ban("only cli ends the process", Pattern.compile("\\bSystem\\.exit\\b|\\.halt\\("), mainBut("cli")),
            // component loads the jars of extensions, and needs the JDK's URL types for it.
            new Ban(
                    "only flavor reaches the network",
                    name("java\\.net\\.(?!UR[IL]|MalformedURL)|java\\.net\\.URLConnection|javax\\.net|java\\.rmi"
                            + "|com\\.sun\\.net|java\\.nio\\.channels\\.\\w*(?:Socket|Datagram)Channel"),
                    mainBut("flavor")),
            new Ban("only flavor and component know URLs", name("java\\.net"), mainBut("flavor", "component")),
            new Ban("no wildcard import hides a name from these rules", WILDCARD, SourceFile::isMain),
            new Ban("no key set is written in clear", Pattern.compile("\\bCleartextKeysetHandle\\b"), file -> true),
            new Ban(
                    "a disabled test looks like a passed one",
                    Pattern.compile("@(?:\\w+\\.)*Disabled\\w*"),
                    file -> !file.isMain()));

    private ArchitectureRules() {}

    private static Pattern name(String regex) {
        return Pattern.compile("(?<![\\w.])(?:" + regex + ")\\b");
    }

    private static Predicate<SourceFile> mainBut(String... modules) {
        return file -> file.isMain() && !Set.of(modules).contains(file.module());
    }

    /** What breaks a rule, a line each: the file, the line in it and the rule. */
    static List<String> violations(Collection<SourceFile> files) {
        List<String> found = new ArrayList<>();
        for (SourceFile file : files) {
            if (file.isMain()) {
                checkFolder(file, found);
                checkOwnNames(file, found);
                checkImports(file, found);
            }
            for (Ban ban : BANS) {
                Matcher matcher = ban.pattern().matcher(file.code());
                while (ban.where().test(file) && matcher.find()) {
                    found.add(file.place(matcher.start()) + " " + ban.rule() + ": "
                            + matcher.group().strip());
                }
            }
        }
        checkNullMarked(files, found);
        return found;
    }

    private static void checkFolder(SourceFile file, List<String> found) {
        if (!MAY_NAME.containsKey(file.module())) {
            found.add(file.path() + " the architecture has no package " + file.module());
        }
        if (file.folder().contains("/") && !file.module().equals("flavor")) {
            found.add(file.path() + " packages are one level deep, those of single flavors aside");
        }
    }

    private static void checkOwnNames(SourceFile file, List<String> found) {
        Matcher names = OWN_NAME.matcher(file.code());
        while (names.find()) {
            String first = names.group(1);
            String named = Character.isUpperCase(first.charAt(0)) ? ROOT : first;
            boolean sealsForPostgres = named.equals("crypto") && file.isFlavor("postgres");
            if (!named.equals(file.module()) && !mayName(file.module()).contains(named) && !sealsForPostgres) {
                found.add("%s %s may not name %s".formatted(file.place(names.start()), file.module(), names.group()));
            }
        }
    }

    static Set<String> mayName(String module) {
        return MAY_NAME.getOrDefault(module, Set.of());
    }

    private static void checkImports(SourceFile file, List<String> found) {
        Pattern allowed = MAY_IMPORT.get(file.module());
        Matcher imports = IMPORT.matcher(file.code());
        while (allowed != null && imports.find()) {
            if (!allowed.matcher(imports.group(1)).matches()) {
                found.add("%s %s may not import %s"
                        .formatted(file.place(imports.start(1)), file.module(), imports.group(1)));
            }
        }
    }

    /** All but component, which knows no library, not even the one of the null annotations. */
    private static void checkNullMarked(Collection<SourceFile> files, List<String> found) {
        Set<String> unmarked = files.stream()
                .filter(SourceFile::isMain)
                .map(SourceFile::folder)
                .collect(Collectors.toCollection(TreeSet::new));
        unmarked.remove("component");
        files.stream()
                .filter(file -> file.isMain() && file.path().endsWith("/package-info.java"))
                .filter(file -> file.code().contains("@NullMarked"))
                .forEach(file -> unmarked.remove(file.folder()));
        unmarked.forEach(folder -> found.add("dev/coffer/" + folder + " has no package-info.java with @NullMarked"));
    }
}
