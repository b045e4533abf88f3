package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.KeyArguments.Entry;
import dev.coffer.cli.KeyArguments.Source;
import dev.coffer.secrets.InvalidException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyArgumentsTest {
    private static final String CANARY = "cAnArY!7f3e";

    @Test
    void literal_isEverythingAfterTheFirstEqualsSign() {
        assertEquals(List.of(new Entry("a", new Source.Literal("x=y="))), keys("--a=x=y="));
        assertEquals(List.of(new Entry("a", new Source.Literal(""))), keys("--a="));
        assertEquals(List.of(new Entry("a", new Source.Literal(" \n$'"))), keys("--a= \n$'"));
        assertEquals(List.of(new Entry("a", new Source.Literal("--b"))), keys("--a=--b"));
    }

    @Test
    void at_namesAFile() {
        String home = System.getProperty("user.home");
        assertEquals(List.of(new Entry("a", new Source.FromFile(Path.of("dir/f=g")))), keys("--a=@dir/f=g"));
        assertEquals(List.of(new Entry("a", new Source.FromFile(Path.of(home, "f")))), keys("--a=@~/f"));
        assertEquals(List.of(new Entry("a", new Source.FromFile(Path.of("~f")))), keys("--a=@~f"));
        assertEquals(List.of(new Entry("a", new Source.FromFile(Path.of("./-")))), keys("--a=@./-"));
    }

    @Test
    void twoAts_areOne() {
        assertEquals(List.of(new Entry("a", new Source.Literal("@x"))), keys("--a=@@x"));
        assertEquals(List.of(new Entry("a", new Source.Literal("@"))), keys("--a=@@"));
        assertEquals(List.of(new Entry("a", new Source.Literal("@-"))), keys("--a=@@-"));
        assertEquals(List.of(new Entry("a", new Source.Literal("@@x"))), keys("--a=@@@x"));
        assertEquals(List.of(new Entry("a", new Source.Literal("x@y"))), keys("--a=x@y"));
    }

    @Test
    void dash_isStandardInputOnce() {
        assertEquals(List.of(new Entry("a", new Source.FromStdin())), keys("--a=@-"));
        assertTrue(KeyArguments.parse(List.of("--a=@-"), List.of()).readsStdin());
        assertFalse(KeyArguments.parse(List.of("--a=-"), List.of()).readsStdin());
        assertThrows(UsageException.class, () -> keys("--a=@-", "--b=@-"));
        assertThrows(UsageException.class, () -> KeyArguments.parse(List.of("--a=@-"), List.of("b=@-")));
    }

    @Test
    void keyAlone_isAsked() {
        assertEquals(List.of(new Entry("a", new Source.Prompt())), keys("--a"));
    }

    @Test
    void set_reachesAnyKey() {
        assertEquals(
                List.of(
                        new Entry("a", new Source.Literal("1")),
                        new Entry("schema", new Source.Literal("=")),
                        new Entry("yes", new Source.Prompt()),
                        new Entry("set", new Source.FromStdin())),
                KeyArguments.parse(List.of("--a=1"), List.of("schema==", "yes", "set=@-"))
                        .entries());
    }

    @Test
    void literals_areTold() {
        assertTrue(KeyArguments.parse(List.of(), List.of("a=x")).hasLiterals());
        assertFalse(KeyArguments.parse(List.of("--a", "--b=@-", "--c=@f"), List.of())
                .hasLiterals());
    }

    @Test
    void keyGivenTwice_isWrongUsage() {
        assertThrows(UsageException.class, () -> keys("--a=1", "--a=1"));
        assertThrows(UsageException.class, () -> keys("--a", "--a"));
        assertThrows(UsageException.class, () -> KeyArguments.parse(List.of("--a=1"), List.of("a=2")));
        assertThrows(UsageException.class, () -> keys("--\u00e9=1", "--e\u0301=2"));
    }

    @Test
    void word_isWrongUsageAndNeverQuoted() {
        for (String word : List.of(
                CANARY,
                "-",
                "--",
                "",
                "-p" + CANARY,
                "-\u0000" + CANARY,
                "-" + CANARY,
                "---" + CANARY,
                "--" + CANARY)) {
            UsageException alone = assertThrows(UsageException.class, () -> keys("--password", word), word);
            assertNotShown(alone.getMessage() + alone.hint().orElseThrow());
        }
        assertEquals(
                "use --KEY=VALUE, with '=' and no space",
                assertThrows(UsageException.class, () -> keys("--password", CANARY))
                        .hint()
                        .orElseThrow());
        assertEquals(
                "unknown option -p",
                assertThrows(UsageException.class, () -> keys("-p" + CANARY)).getMessage());
    }

    @Test
    void setWithoutKey_isWrongUsageAndNeverQuoted() {
        for (String set : List.of(CANARY, "", "--x", "-----BEGIN PRIVATE KEY-----\n" + CANARY)) {
            UsageException refusal =
                    assertThrows(UsageException.class, () -> KeyArguments.parse(List.of(), List.of(set)), set);
            assertNotShown(refusal.getMessage() + refusal.hint().orElseThrow());
        }
    }

    @Test
    void keyOutsideTheGrammar_isInvalidAndNeverQuoted() {
        for (String word : List.of(
                "--=" + CANARY,
                "--a b=" + CANARY,
                "--" + CANARY + "=",
                "-----BEGIN KEY-----\n" + CANARY + "==",
                "--postgres://u:" + CANARY + "@h/?x=y")) {
            InvalidException refusal = assertThrows(InvalidException.class, () -> keys(word), word);
            assertNotShown(refusal.getMessage() + refusal.hint().orElseThrow() + refusal.name());
            assertEquals(null, refusal.getCause());
        }
        assertThrows(InvalidException.class, () -> KeyArguments.parse(List.of(), List.of("=x")));
    }

    @Test
    void atWithoutFile_isWrongUsage() {
        UsageException refusal = assertThrows(UsageException.class, () -> keys("--a=@"));
        assertTrue(refusal.hint().orElseThrow().contains("@@"));
        assertNotShown(assertThrows(UsageException.class, () -> keys("--a=@x\0" + CANARY))
                .getMessage());
    }

    @Test
    void toString_showsKeysOnly() {
        for (Entry entry : keys("--a=" + CANARY, "--b=@" + CANARY, "--c", "--d=@-")) {
            assertNotShown(entry.toString());
            assertNotShown(entry.source().toString());
        }
    }

    private static List<Entry> keys(String... unmatched) {
        return KeyArguments.parse(List.of(unmatched), List.of()).entries();
    }

    private static void assertNotShown(String text) {
        assertFalse(text.contains(CANARY), "the canary is shown");
    }
}
