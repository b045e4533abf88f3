package dev.coffer.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.component.ComponentType;
import dev.coffer.secrets.InvalidException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StackFileTest {
    private static final String WHOLE = """
            coffer-stack: 1
            name: staging
            components:
            - type: artifact-store
              name: bucket
              flavor: s3
              attributes: {url: s3://team, port: 012, key: '{{s3.key}}'}
              left-out: [token]
            - {type: secrets-manager, name: local, flavor: local}
            secrets:
            - {name: s3, secrets-manager: local, schema: aws, keys: [key]}
            """;

    private static InvalidException refused(String yaml) {
        return assertThrows(InvalidException.class, () -> StackFile.parse(yaml, "the file f"), yaml);
    }

    private static String with(String line, String other) {
        assertTrue(WHOLE.contains(line), line);
        return WHOLE.replace(line, other);
    }

    /** The parser's reader trips over two halves of one character that it gets in two pieces. */
    @Test
    void characterBeyondTheBasicPlane_isReadWhereverItStands() {
        for (int length = 800; length < 2_200; length++) {
            String text = "a".repeat(length) + "\ud83d\ude00";
            StackFile file = StackFile.parse(with("s3://team", "'" + text + "'"), "the file f");

            assertEquals(text, file.components().get(0).attributes().get("url"));
        }
    }

    @Test
    void everyScalar_isItsText() {
        StackFile file = StackFile.parse(WHOLE, "f");

        assertEquals("staging", file.name());
        assertEquals(
                Map.of("url", "s3://team", "port", "012", "key", "{{s3.key}}"),
                file.components().get(0).attributes());
        assertEquals(Optional.of("aws"), file.secrets().get(0).schema());
        assertEquals("local", file.secretsManager().name());
    }

    @Test
    void json_isReadToo() {
        StackFile file = StackFile.parse(
                "{\"coffer-stack\":1,\"name\":\"s\",\"components\":[{\"type\":\"secrets-manager\",\"name\":\"local\","
                        + "\"flavor\":\"local\",\"attributes\":{},\"left-out\":[]}],\"secrets\":[]}",
                "f");
        assertEquals(ComponentType.SECRETS_MANAGER, file.components().get(0).type());
    }

    /** Of a newer format, nothing else is looked at. */
    @Test
    void newerFormat_isRefused_whateverElseItSays() {
        InvalidException newer = refused("surprise: [1, 2]\ncoffer-stack: 2\n");
        assertEquals(
                "the file f, line 2, column 15: the file was written by a newer coffer: its format is 2, this coffer"
                        + " knows 1",
                newer.getMessage());
        assertEquals(Optional.of("update coffer"), newer.hint());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            coffer-stack: 1                | coffer-stack: 0                | 1, column 15: the version
            coffer-stack: 1                | coffer-stack: one              | 1, column 15: the version
            coffer-stack: 1                | coffer-stack: 99999999999      | 1, column 15: the version
            coffer-stack: 1                | coffer: 1                      | 1, column 1: the version of the format is missing
            name: staging                  | title: staging                 | 2, column 1: the field 'title' is not known
            name: staging                  | name: a b                      | 2, column 7: 'a b' cannot be the name of a stack
            name: staging                  | name:                          | 2, column 6: there is nothing, or null
            name: staging                  | name: [a]                      | 2, column 7: the field name is a map or a list
            name: staging                  | name: &a staging               | 2, column 7: there is an anchor or an alias
            name: staging                  | name: *a                       | 2, column 7: there is an anchor or an alias
            name: staging                  | name: !!binary aGk=            | 2, column 7: there is a tag other than !!str
            name: staging                  | name: !new x                   | 2, column 7: there is a tag other than !!str
            name: staging                  | name: "\\xzz"                  | 2, column
            name: bucket                   | name: a/b                      | 5, column 9: 'a/b' cannot be the name of a component
            type: artifact-store           | type: Store                    | 4, column 9: a component type is kebab-case
            type: artifact-store           | type: secrets-manager          | 9, column 3: a second secrets-manager
            type: secrets-manager          | type: orchestrator             | 1, column 1: no component is a secrets manager
            flavor: s3                     | flavour: s3                    | 6, column 3: the field 'flavour' is not known
            flavor: s3                     | name: s3                       | 6, column 3: the same name was given in line 5
            port: 012                      | url: 012                       | 7, column 32: the same name was given in line 7
            port: 012                      | po rt: 012                     | 7, column 32: 'po rt' cannot be the name of an
            port: 012                      | port: {a: {b: {c: {d: {e: f}}}}}  | 7, column
            port: 012                      | port: [1]                      | 7, column 38: an attribute is a map or a list
            port: 012                      | <<: x                          | 7, column 32: '<<' cannot be the name
            '{{s3.key}}'                   | '{{s3}}'                       | 7, column 48: the {{ at character 1 is not
            left-out: [token]              | left-out: token                | 8, column 13: the field left-out is no list
            left-out: [token]              | left-out: [a, a]               | 8, column 17: 'a' was listed already
            left-out: [token]              | left-out: [url]                | 4, column 3: 'url' is both there and left out
            name: local, flavor: local     | name: local, flavor: memory    | 9, column 3: the secrets manager local is that
            name: s3, secrets-manager      | name: s 3, secrets-manager     | 11, column 10:
            secrets-manager: local         | secrets-manager: team          | 11, column 31: a secret is looked up in
            schema: aws                    | schema: A-W                    | 11, column 46:
            keys: [key]                    | keys: [a b]                    | 11, column 58:
            keys: [key]                    | keys: [key], value: hunter2    | 11, column 64: the field 'value' is not known
            """)
    void whatIsWrong_isToldWithItsPlace(String line, String other, String message) {
        String told = refused(with(line, other)).getMessage();
        assertTrue(told.startsWith("the file f, line " + message), told);
    }

    @Test
    void otherTroubleOfTheWholeFile_isRefused() {
        assertTrue(refused("").getMessage().contains("the file is empty"));
        assertTrue(refused("just a text").getMessage().contains("the file is no map"));
        assertTrue(refused("- a\n").getMessage().contains("the file is no map"));
        assertTrue(refused(WHOLE + "---\n" + WHOLE).getMessage().contains("line 12, column 1: a second YAML document"));
        assertTrue(refused(with("components:", "components: [")).getMessage().contains("this is not valid YAML"));
        assertTrue(refused(with("staging", "\"a\u0085b\""))
                .getMessage()
                .contains("line 2, column 9: the character U+0085"));
        assertTrue(refused(with("staging", "a\u0000b")).getMessage().contains("not valid YAML"));
        assertTrue(refused(WHOLE + "#" + "x".repeat(StackFile.MAX_CHARACTERS))
                .getMessage()
                .contains("1 MiB"));
        assertTrue(refused("[".repeat(500_000)).getMessage().contains("deeper than 8 levels"));
        assertTrue(refused("{a: ".repeat(100_000)).getMessage().contains("deeper than 8 levels"));
        assertTrue(refused(WHOLE.replace("- {name: s3", "- {name: s3, secrets-manager: local}\n- {name: s3"))
                .getMessage()
                .contains("the secret was listed already"));
    }

    @Test
    void errorOfAnAttribute_neverQuotesIt() {
        InvalidException error = refused(with("'{{s3.key}}'", "'hunter2{{nothing'"));
        assertFalse((error.getMessage() + error.hint()).contains("hunter2"), error.getMessage());
    }

    /** A file of secrets that is given by mistake. */
    @Test
    void fileThatIsNone_isNeverQuoted() {
        for (String other : List.of(
                "hunter2: a\nhunter2: b\n", "password: hunter2\n", "hunter2", "- hunter2", "a: {hunter2: [hunter2}")) {
            InvalidException error = refused(other);
            assertFalse((error.getMessage() + error.hint() + error.getCause()).contains("hunter2"), error.getMessage());
        }
    }

    @Test
    void texts_areNotInToString() {
        assertFalse(StackFile.parse(WHOLE, "f").toString().contains("s3://team"));
    }

    @Test
    void componentsAreSorted_andOneOfAType() {
        StackFile file = StackFile.parse(WHOLE, "f");
        List<StackFile.Component> twice =
                List.of(file.components().get(1), file.components().get(0));
        assertEquals(file.components(), new StackFile("n", twice, List.of()).components());
        assertThrows(
                IllegalArgumentException.class,
                () -> new StackFile("n", List.of(file.components().get(0)), List.of()));
    }
}
