package dev.coffer.cli;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.StoreFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValuesFileTest {
    private static final int TEN_MEGABYTES = 10 << 20;

    @TempDir
    Path folder;

    @Test
    void jsonScalars_keepTheirSource() {
        assertValues(
                "a.json",
                "{\"a\":1.0,\"b\":1e10,\"c\":-0,\"d\":123456789012345678901234567890,\"e\":true,\"f\":false,\"g\":1E+2}",
                "a=1.0",
                "b=1e10",
                "c=-0",
                "d=123456789012345678901234567890",
                "e=true",
                "f=false",
                "g=1E+2");
    }

    @Test
    void jsonNumberOfManyDigits_keepsItsSource() {
        String digits = "9".repeat(100_000);
        assertValues("a.json", "{\"a\":" + digits + "}", "a=" + digits);
    }

    @Test
    void jsonString_mayHoldNul() {
        assertValues("a.json", "{\"a\":\"x\\u0000y\"}", "a=x\0y");
    }

    @Test
    void jsonEmptyObject_hasNoKeys() {
        assertValues("a.json", "{}");
        assertValues("-", "\r\n {}");
    }

    @Test
    void jsonTrouble_namesLineAndColumn() {
        assertRefused("a.json", "{\"a\":null}", "line 1, column 6: a value is null");
        assertRefused("a.json", "{\"a\":\n{}}", "line 2, column 1: a value is a map or a list");
        assertRefused("a.json", "{\"a\":[]}", "line 1, column 6: a value is a map or a list");
        assertRefused(
                "a.json", "{\"a\":1,\n\"a\":2}", "line 2, column 1: the key was given on line 1, column 2 already");
        assertRefused(
                "a.json", "{\"\u00e9\":1,\"e\u0301\":2}", "column 8: the key was given on line 1, column 2 already");
        assertRefused("a.json", "{\"a b\":1}", "line 1, column 2: what stands there is not a key");
        assertRefused("a.json", "{\"\":1}", "what stands there is not a key");
        assertRefused("a.json", "{\"a\":\"\\ud800\"}", "line 1, column 6: a value is not valid UTF-8 text");
        assertRefused("a.json", "[1]", "this is not a JSON object");
        assertRefused("a.json", "\"x\"", "this is not a JSON object");
        assertRefused("a.json", "{\"a\":1} {}", "there is more after the JSON object");
    }

    @Test
    void jsonOutsideTheStandard_isRefused() {
        for (String text : List.of(
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,}",
                "{\"a\":012}",
                "{\"a\":0x10}",
                "{\"a\":NaN}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{'a':1}",
                "{a:1}",
                "{\"a\":\"x\ny\"}",
                "{\"a\":1 // x\n}",
                "{\"a\":\"\\x\"}",
                "{\"a\":tru}",
                "}",
                "{\"a\":1}x")) {
            assertThrows(InvalidException.class, () -> read("a.json", text), text);
        }
    }

    @Test
    void yamlPlainScalars_keepTheirSource() {
        assertValues(
                "a.yaml",
                "a: yes\nb: 012\nc: 1e5\nd: 0o17\ne: 2026-01-01\nf: 1.0\ng: 0x1F\nh: .inf\ni: 12:30:00\nj: one\n  two\n\n  three\n",
                "a=yes",
                "b=012",
                "c=1e5",
                "d=0o17",
                "e=2026-01-01",
                "f=1.0",
                "g=0x1F",
                "h=.inf",
                "i=12:30:00",
                "j=one two\nthree");
    }

    @Test
    void yamlQuotedScalars_areTheirContent() {
        assertValues(
                "a.yml",
                "a: 'it''s'\nb: \"\\u00e9\\n\\0\"\nc: ''\nd: \"null\"\ne: '~'\n",
                "a=it's",
                "b=\u00e9\n\0",
                "c=",
                "d=null",
                "e=~");
    }

    @Test
    void yamlBlocks_areTheirContent() {
        assertValues(
                "a.yaml",
                "a: |\n  -----BEGIN KEY-----\n  MII=\n\nb: |-\n  x\n  y\nc: >\n  one\n  two\n\n  three\nd: |+\n  z\n\n",
                "a=-----BEGIN KEY-----\nMII=\n",
                "b=x\ny",
                "c=one two\nthree\n",
                "d=z\n\n");
    }

    @Test
    void yamlStringTag_makesTextOfAnything() {
        assertValues("a.yaml", "a: !!str null\nb: !!str\nc: !!str 12\n", "a=null", "b=", "c=12");
    }

    @Test
    void yamlFlowMap_isAMap() {
        assertValues("a.yaml", "%YAML 1.2\n---\n{a: b, \"c\": 'd'} # comment\n...\n", "a=b", "c=d");
        assertValues("a.yaml", "{}");
    }

    /** The parser reads a buffer at a time, and half a pair at the end of one is more than it can bear. */
    @Test
    void yamlLongerThanABuffer_mayHoldPairsAnywhere() {
        String pair = "\uD83D\uDE00";
        for (String start : List.of("#", "##")) {
            assertValues("a.yaml", start + pair.repeat(1 << 20) + "\na: " + pair + "\n", "a=" + pair);
        }
    }

    @Test
    void yamlTrouble_namesLineAndColumn() {
        for (String empty : List.of("", " ", " ~", " null", " Null", " NULL")) {
            assertRefused("a.yaml", "a: b\nc:" + empty + "\n", "line 2, column ");
            assertRefused("a.yaml", "a: b\nc:" + empty + "\n", "a value is null");
        }
        assertRefused("a.yaml", "~: b\n", "line 1, column 1: a key is null");
        assertRefused("a.yaml", "a:\n  b: c\n", "line 2, column 3: a value is a map or a list");
        assertRefused("a.yaml", "a: [b]\n", "line 1, column 4: a value is a map or a list");
        assertRefused("a.yaml", "? [a]\n: b\n", "line 1, column 3: a key is a map or a list");
        assertRefused(
                "a.yaml", "a: 1\nb: 2\na: 3\n", "line 3, column 1: the key was given on line 1, column 1 already");
        assertRefused(
                "a.yaml", "\u00e9: 1\ne\u0301: 2\n", "line 2, column 1: the key was given on line 1, column 1 already");
        assertRefused("a.yaml", "a: &x b\n", "line 1, column 4: there is an anchor or an alias");
        assertRefused("a.yaml", "&x a: b\n", "there is an anchor or an alias");
        assertRefused("a.yaml", "&x {a: b}\n", "there is an anchor or an alias");
        assertRefused("a.yaml", "a: *x\n", "there is an anchor or an alias");
        assertRefused("a.yaml", "<<: {a: b}\n", "what stands there is not a key");
        assertRefused("a.yaml", "a: !!binary aGk=\n", "there is a tag other than !!str");
        assertRefused("a.yaml", "a: !x y\n", "there is a tag other than !!str");
        assertRefused("a.yaml", "a: ! y\n", "there is a tag other than !!str");
        assertRefused("a.yaml", "!!map {a: b}\n", "there is a tag other than !!str");
        assertRefused("a.yaml", "!!str a: b\n--- \nc: d\n", "line 2, column 1: a second YAML document starts");
        assertRefused("a.yaml", "a: b\nc: 'd\u0085e'\n", "line 2: the character U+0085 stands there");
        assertRefused("a.yaml", "- a\n", "line 1, column 1: this is not a YAML map");
        assertRefused("a.yaml", "words\n", "this is not a YAML map");
        assertRefused("a.yaml", "a: \"\\ud800\"\n", "line 1, column 4: a value is not valid UTF-8 text");
    }

    @Test
    void yamlThatIsNone_isRefused() {
        for (String text : List.of(
                "a: b: c",
                "a: 'b",
                "a: \"\\q\"",
                "a: b\n\tc: d",
                "{a: b",
                "a: @b",
                "a: `b`",
                "a: %b",
                "a: |99\n  b",
                "%YAML 9999999999.1\n---\na: b",
                "a: \"\\UFFFFFFFF\"",
                "a: b\n c: d",
                "a: \u0001",
                "a: \u0000",
                "%FOO",
                "a: b\n... c",
                "]",
                "a: [",
                "a: {b: [",
                "!<",
                "a: !",
                "? ",
                ": ",
                "-",
                "&",
                "*",
                "a: b\nc")) {
            assertThrows(InvalidException.class, () -> read("a.yaml", text), text);
        }
    }

    @Test
    void billionLaughs_areRefusedAtOnce() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
        for (int i = 1; i < 12; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, (alias + ",").repeat(8) + alias));
        }
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertRefused("a.yaml", bomb.toString(), "there is an anchor or an alias"));
    }

    @Test
    void dotenvLines_areReadAsDocumented() {
        assertValues(
                ".env",
                """
                # comment
                  # indented comment

                A=1
                export B = two words\s\s
                 C\t=\t'single \\n $HOME ${X} "'
                D="double \\n\\r\\t\\\\\\"\\$ $HOME ${X} \\d '"
                E=
                F= # comment
                G=a#b
                H=a #b
                I=#b
                J='multi
                line' # comment
                K="a\\
                b"
                L==
                M=a"b'c
                N=it's
                export=6
                exportO=7
                P=$(rm -rf ~)`x`
                Q=''
                R=""
                S=C:\\new
                """,
                "A=1",
                "B=two words",
                "C=single \\n $HOME ${X} \"",
                "D=double \n\r\t\\\"$ $HOME ${X} \\d '",
                "E=",
                "F=",
                "G=a#b",
                "H=a",
                "I=#b",
                "J=multi\nline",
                "K=a\\\nb",
                "L==",
                "M=a\"b'c",
                "N=it's",
                "export=6",
                "exportO=7",
                "P=$(rm -rf ~)`x`",
                "Q=",
                "R=",
                "S=C:\\new");
    }

    @Test
    void dotenvWithCarriageReturns_keepsThemInQuotesOnly() {
        assertValues(".env", "A=1\r\n\r\nB='x\r\ny'\r\nC=\"z\"\r\n# c\r\nD=\r\n", "A=1", "B=x\r\ny", "C=z", "D=");
        assertRefused(".env", "A=1\rB=2", "line 1: a carriage return stands alone");
    }

    @Test
    void dotenvTrouble_namesTheLine() {
        assertRefused(".env", "A=-----BEGIN PRIVATE KEY-----\nMIIEabc\n", "line 2: there is no '=' in it");
        assertRefused(".env", "A=x\nMII+/abc==\n", "line 2: what stands there is not a key");
        assertRefused(".env", "A=1\nB='x\ny\n", "line 2: a quote is opened and never closed");
        assertRefused(".env", "A=1\nB=\"x\\", "line 2: a quote is opened and never closed");
        assertRefused(".env", "A='x\ny'z\n", "line 2: there is more after the closing quote");
        assertRefused(".env", "A='x'#y\n", "line 1: there is more after the closing quote");
        assertRefused(".env", "A='Let\\'s go'\n", "line 1: there is more after the closing quote");
        assertRefused(".env", "A=1\n\nA=2\n", "line 3: the key was given on line 1 already");
        assertRefused(".env", "A='x\ny'\n\u00e9=1\ne\u0301=2", "line 4: the key was given on line 3 already");
        assertRefused(".env", "export A\n", "line 1: there is no '=' in it");
        assertRefused(".env", "export =\nexport =1", "line 2: the key was given on line 1 already");
        assertRefused(".env", "=x\n", "line 1: what stands there is not a key");
        assertRefused(".env", "A B=x\n", "line 1: what stands there is not a key");
        assertRefused("-", "A: x\n", "standard input, line 1: there is no '=' in it");
    }

    @Test
    void fileWithoutKeys_isRefused() {
        for (String name : List.of("a.json", "a.yaml", ".env", "-")) {
            for (String text : List.of("", "\n", "\uFEFF", " \r\n ")) {
                assertRefused(name, text, "holds no keys");
            }
        }
        assertRefused("a.yaml", "# comment\n", "holds no keys");
        assertRefused("a.yaml", "---\n", "holds no keys");
        assertRefused("a.yaml", "null\n", "holds no keys");
        assertRefused(".env", "# comment", "holds no keys");
    }

    @Test
    void byteOrderMark_isSkippedOnce() {
        assertValues("a.json", "\uFEFF{\"a\":1}", "a=1");
        assertValues("a.yaml", "\uFEFFa: 1", "a=1");
        assertValues(".env", "\uFEFFa=1", "a=1");
        assertValues("-", "\uFEFF {\"a\":1}", "a=1");
        assertRefused(".env", "\uFEFF\uFEFFa=1", "line 1: what stands there is not a key");
    }

    @Test
    void otherEncodings_areRefused() {
        byte[] latin = {'a', '=', '1', '\n', 'b', '=', (byte) 0xE9};
        for (String name : List.of("a.json", "a.yaml", ".env", "-")) {
            InvalidException refusal = assertThrows(InvalidException.class, () -> ValuesFile.read(name, latin));
            assertTrue(refusal.getMessage().contains("line 2: this is not UTF-8 text"), refusal.getMessage());
            assertThrows(InvalidException.class, () -> ValuesFile.read(name, "{\"a\":1}".getBytes(UTF_16)));
        }
    }

    @Test
    void utf8CutInTheMiddle_isRefused() {
        byte[] cut = {'a', '=', (byte) 0xC3};
        assertThrows(InvalidException.class, () -> ValuesFile.read(".env", cut));
    }

    @Test
    void name_tellsTheFormat() {
        for (String name : List.of("x.json", "X.JSON", "/tmp/x.y.json", ".env.json", "~/x.json")) {
            assertValues(name, "{\"a\":1}", "a=1");
        }
        for (String name : List.of("x.yaml", "x.yml", "x.YML", ".env.yaml")) {
            assertValues(name, "a: 1", "a=1");
        }
        for (String name : List.of(".env", ".env.local", ".envrc", "prod.env", "dir.json/.env")) {
            assertValues(name, "a=1", "a=1");
        }
    }

    @Test
    void otherNames_areWrongUsage() {
        for (String name : List.of("x", "x.txt", "x.toml", "json", "/", "", "x.json.bak", "/dev/stdin")) {
            assertThrows(UsageException.class, () -> read(name, "{\"a\":1}"), name);
            assertThrows(UsageException.class, () -> ValuesFile.load(name, InputStream.nullInputStream()), name);
        }
    }

    @Test
    void limits_areRefused() {
        String tooLong = "x".repeat(SecretValue.MAX_BYTES + 1);
        assertRefused("a.json", "{\"a\":\"" + tooLong + "\"}", "longer than");
        assertRefused("a.json", "{\"a\":" + "1".repeat(SecretValue.MAX_BYTES + 1) + "}", "longer than");
        assertRefused("a.yaml", "a: " + tooLong, "line 1, column 4: a value is longer than");
        assertRefused(".env", "a=" + tooLong, "line 1: a value is longer than");
        String multibyte = "\u00e9".repeat(SecretValue.MAX_BYTES / 2 + 1);
        assertRefused("a.json", "{\"a\":\"" + multibyte + "\"}", "line 1, column 6: a value is 1048578 bytes long");
        assertRefused("a.json", "{\"" + tooLong + "\":1}", "longer than");
        assertRefused("a.yaml", "x".repeat(256) + ": 1", "what stands there is not a key");
    }

    @Test
    void longestValue_isRead() {
        String longest = "x".repeat(SecretValue.MAX_BYTES);
        assertValues("a.json", "{\"a\":\"" + longest + "\"}", "a=" + longest);
        assertValues("a.yaml", "a: " + longest, "a=" + longest);
        assertValues("a.env", "a=" + longest, "a=" + longest);
    }

    @Test
    void keys_areAThousandAtMost() {
        for (int count : new int[] {1000, 1001}) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                lines.add("k" + i + "=" + i);
            }
            String dotenv = String.join("\n", lines);
            String yaml = dotenv.replace("=", ": ");
            String json = "{" + yaml.replaceAll("(?m)^(.*):", "\"$1\":").replace("\n", ",") + "}";
            for (Map.Entry<String, String> file :
                    Map.of("a.env", dotenv, "a.yaml", yaml, "a.json", json).entrySet()) {
                if (count == 1000) {
                    assertEquals(1000, read(file.getKey(), file.getValue()).size());
                } else {
                    assertRefused(file.getKey(), file.getValue(), "there are more than 1000 keys");
                }
            }
        }
    }

    /** Far below what any of these would take if it were more than one pass. */
    @Test
    void tenMegabytes_areReadOrRefusedInOnePass() {
        byte[] random = new byte[TEN_MEGABYTES];
        new Random(20260101).nextBytes(random);
        List<byte[]> files = new ArrayList<>(List.of(random, new byte[TEN_MEGABYTES]));
        for (String piece : List.of(" ", "\n", "[", "{\"a\":", "a: b\n", "&a ", "|\n", "\"", "é", "---\n", "9")) {
            files.add(piece.repeat(TEN_MEGABYTES / piece.length()).getBytes(UTF_8));
            files.add(("{\"a\":\"" + piece.repeat(TEN_MEGABYTES / piece.length())).getBytes(UTF_8));
            files.add(("a: " + piece.repeat(TEN_MEGABYTES / piece.length())).getBytes(UTF_8));
        }
        for (byte[] file : files) {
            byte[] start = Arrays.copyOf(file, 12);
            for (String name : List.of("a.json", "a.yaml", "a.env", "-")) {
                assertTimeoutPreemptively(
                        Duration.ofSeconds(60),
                        () -> assertThrows(InvalidException.class, () -> ValuesFile.read(name, file)),
                        () -> name + ": " + new String(start, UTF_8));
            }
        }
    }

    @Test
    void tooLargeContent_isRefused() {
        assertRefused(".env", " ".repeat(ValuesFile.MAX_BYTES + 1), "the limit is 17825792");
    }

    @Test
    void load_readsTheBytes() throws IOException {
        byte[] content = "{\"a\":1}\n".getBytes(UTF_8);
        Path file = Files.write(folder.resolve("a.json"), content);
        assertArrayEquals(content, ValuesFile.load(file.toString(), InputStream.nullInputStream()));
        assertArrayEquals(content, ValuesFile.load("-", new ByteArrayInputStream(content)));
        assertArrayEquals(new byte[0], ValuesFile.load("-", InputStream.nullInputStream()));
    }

    @Test
    void load_refusesWhatCannotBeRead() throws IOException {
        String missing = folder.resolve("missing.json").toString();
        String directory = Files.createDirectory(folder.resolve("d.json")).toString();
        InputStream none = InputStream.nullInputStream();
        assertTrue(assertThrows(StoreFileException.class, () -> ValuesFile.load(missing, none))
                .getMessage()
                .contains(missing));
        assertTrue(assertThrows(StoreFileException.class, () -> ValuesFile.load(directory, none))
                .getMessage()
                .contains(directory));
        byte[] large = new byte[ValuesFile.MAX_BYTES + 1];
        assertThrows(InvalidException.class, () -> ValuesFile.load("-", new ByteArrayInputStream(large)));
    }

    @Test
    void read_leavesTheContentAsItIs() {
        byte[] content = "a=\"x\\ny\"".getBytes(UTF_8);
        byte[] before = content.clone();
        ValuesFile.read("a.env", content);
        assertArrayEquals(before, content);
    }

    private static Map<String, SecretValue> read(String name, String text) {
        return ValuesFile.read(name, text.getBytes(UTF_8));
    }

    private static void assertValues(String name, String text, String... expected) {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (String pair : expected) {
            int equals = pair.indexOf('=');
            wanted.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        Map<String, String> found = new LinkedHashMap<>();
        read(name, text).forEach((key, value) -> found.put(key, value.revealText()));
        assertEquals(new ArrayList<>(wanted.entrySet()), new ArrayList<>(found.entrySet()));
    }

    private static void assertRefused(String name, String text, String words) {
        InvalidException refusal = assertThrows(InvalidException.class, () -> read(name, text));
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
        assertFalse(refusal.getMessage().isBlank());
        assertEquals(null, refusal.getCause());
    }
}
