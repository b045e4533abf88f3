package dev.coffer.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretValueTest {
    private static final String CANARY = "CANARY-51d2";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\n",
                "a\r\nb\n",
                " padded \t",
                "k=v==",
                "$HOME ${x} $(y) `z`",
                "@file",
                "@@x",
                "nul\u0000in\u0000it",
                "\u0000",
                "\ufeffmarked",
                "e\u0301 is not \u00e9",
                "\u001b[31m",
                "\u202e",
                "😀\uffff\ufffd",
                "null",
                "true"
            })
    void text_comesBackAsItWas(String text) {
        try (SecretValue ofText = SecretValue.of(text);
                SecretValue ofBytes = SecretValue.ofUtf8(text.getBytes(UTF_8))) {
            assertEquals(text, ofText.revealText());
            assertArrayEquals(text.getBytes(UTF_8), ofText.revealUtf8());
            assertEquals(text, ofBytes.revealText());
            assertArrayEquals(text.getBytes(UTF_8), ofBytes.revealUtf8());
            assertEquals(text.getBytes(UTF_8).length, ofText.size());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "bf",
                "4180", // a continuation without a start
                "c3",
                "c341",
                "e282",
                "e28241",
                "f09f98",
                "f0", // cut short
                "c080",
                "c1bf",
                "e08080",
                "e09fbf",
                "f0808080",
                "f08fbfbf", // longer than need be
                "eda080",
                "edafbf",
                "edb080",
                "edbfbf",
                "eda080edb080", // surrogates
                "f4908080",
                "f5808080",
                "f8888080",
                "fc8480808080",
                "fe",
                "ff", // beyond Unicode
                "fffe4100",
                "41c32841"
            })
    void bytesThatAreNotUtf8_areRefused(String hex) {
        InvalidException e = assertThrows(
                InvalidException.class, () -> SecretValue.ofUtf8(HexFormat.of().parseHex(hex)));
        assertEquals("a value is not valid UTF-8 text", e.getMessage());
        assertEquals("encode binary content as base64 and store that", e.hint().orElseThrow());
        assertEquals(ExitCode.INVALID, e.exitCode());
        assertTrue(e.getCause() == null, "a cause could quote the value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "00", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080", "f48fbfbf"})
    void bytesAtTheEdgesOfUtf8_areTaken(String hex) {
        byte[] utf8 = HexFormat.of().parseHex(hex);
        assertArrayEquals(utf8, SecretValue.ofUtf8(utf8).revealUtf8());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "\udc00", "a\udbffb", "\udc00\ud800", "\ud83d\ud83d\ude00"})
    void halfASurrogatePair_isRefused(String text) {
        assertThrows(InvalidException.class, () -> SecretValue.of(text));
    }

    @Test
    void oneMebibyte_isTheLongest() {
        byte[] longest = new byte[SecretValue.MAX_BYTES];
        assertEquals(1_048_576, SecretValue.ofUtf8(longest).size());
        for (String text : List.of("x".repeat(1 << 20), "😀".repeat(1 << 18), "€".repeat(349_525) + "x")) {
            assertEquals(1_048_576, SecretValue.of(text).size());
        }
    }

    @Test
    void moreThanOneMebibyte_isRefused() {
        byte[] tooLong = new byte[SecretValue.MAX_BYTES + 1];
        List<Runnable> attempts = List.of(
                () -> SecretValue.ofUtf8(tooLong),
                () -> SecretValue.of("x".repeat((1 << 20) + 1)),
                () -> SecretValue.of("😀".repeat(1 << 18) + "x"),
                () -> SecretValue.of("€".repeat(349_526)));
        for (Runnable attempt : attempts) {
            InvalidException e = assertThrows(InvalidException.class, attempt::run);
            assertTrue(e.getMessage().endsWith("the limit is 1048576 (1 MiB)"), e.getMessage());
            assertTrue(e.hint().isPresent());
        }
    }

    @Test
    void bytes_areCopiedInAndOut() {
        byte[] given = "abc".getBytes(UTF_8);
        SecretValue value = SecretValue.ofUtf8(given);
        Arrays.fill(given, (byte) 'x');
        assertEquals("abc", value.revealText());
        Arrays.fill(value.revealUtf8(), (byte) 'y');
        assertEquals("abc", value.revealText());
    }

    @Test
    void charBuffer_isReadAndNotConsumed() {
        CharBuffer buffer = CharBuffer.wrap("--päss--".toCharArray(), 2, 4);
        try (SecretValue value = SecretValue.of(buffer)) {
            assertEquals("päss", value.revealText());
            assertEquals(4, buffer.remaining());
        }
    }

    @Test
    void close_wipesTheBytes() throws Exception {
        SecretValue value = SecretValue.of(CANARY);
        Field field = SecretValue.class.getDeclaredField("utf8");
        field.setAccessible(true);
        byte[] inside = (byte[]) field.get(value);
        assertEquals(CANARY, new String(inside, UTF_8));
        value.close();
        assertArrayEquals(new byte[CANARY.length()], inside);
    }

    @Test
    void closedValue_cannotBeUsed() {
        SecretValue open = SecretValue.of("open");
        SecretValue closed = SecretValue.of(CANARY);
        closed.close();
        closed.close();
        List<Consumer<SecretValue>> uses = List.of(
                SecretValue::size,
                SecretValue::revealText,
                SecretValue::revealUtf8,
                SecretValue::copy,
                value -> value.sameAs(open),
                open::sameAs,
                value -> value.sameAs(value));
        for (Consumer<SecretValue> use : uses) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> use.accept(closed));
            assertEquals("this secret value was closed", e.getMessage());
        }
        assertEquals("SecretValue(redacted)", closed.toString());
    }

    @Test
    void copy_livesOnAlone() {
        SecretValue value = SecretValue.of("text");
        SecretValue copy = value.copy();
        assertNotSame(value, copy);
        value.close();
        assertEquals("text", copy.revealText());
    }

    @Test
    void sameAs_comparesBytes() {
        SecretValue value = SecretValue.of("text\u0000");
        assertTrue(value.sameAs(value));
        assertTrue(value.sameAs(SecretValue.ofUtf8("text\u0000".getBytes(UTF_8))));
        for (String other : List.of("text", "text\u0000\u0000", "Text\u0000", "", "t\u00e9xt\u0000")) {
            assertFalse(value.sameAs(SecretValue.of(other)), other);
        }
        assertFalse(SecretValue.of("e\u0301").sameAs(SecretValue.of("\u00e9")), "no normalization");
    }

    @Test
    void equality_isIdentityAndTellsNothing() {
        SecretValue one = SecretValue.of("text");
        SecretValue other = SecretValue.of("text");
        assertNotEquals(one, other);
        assertEquals(2, Set.of(one, other).size());
        assertEquals(System.identityHashCode(one), one.hashCode());
    }

    @Test
    void toString_isRedactedInEveryGuise() {
        SecretValue value = SecretValue.of(CANARY);
        for (String shown : List.of(
                value.toString(),
                "" + value,
                String.format("%s", value),
                List.of(value).toString(),
                Map.of("k", value).toString())) {
            assertTrue(shown.contains("redacted"), shown);
            assertFalse(shown.contains(CANARY), shown);
        }
    }

    @Test
    void javaSerialization_isRefused() throws Exception {
        assertFalse(Serializable.class.isAssignableFrom(SecretValue.class));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            assertThrows(NotSerializableException.class, () -> out.writeObject(SecretValue.of(CANARY)));
        }
        assertFalse(bytes.toString(UTF_8).contains(CANARY));
    }

    record Holder(String user, SecretValue password) {}

    @Test
    void jackson_refusesOrShowsNothing() throws JsonProcessingException {
        Secret secret = Secret.of(SecretName.of("n"), Map.of("k", SecretValue.of(CANARY)));
        List<Object> holders = List.of(
                SecretValue.of(CANARY),
                new Holder("u", SecretValue.of(CANARY)),
                Map.of("k", SecretValue.of(CANARY)),
                secret);
        ObjectMapper strict = new ObjectMapper();
        ObjectMapper lenient = new ObjectMapper().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);
        for (Object holder : holders) {
            InvalidDefinitionException e =
                    assertThrows(InvalidDefinitionException.class, () -> strict.writeValueAsString(holder));
            assertFalse(e.toString().contains("51d2"), e.toString());
            String shown = lenient.writeValueAsString(holder);
            assertFalse(shown.contains("51d2"), shown);
            assertFalse(shown.contains("size"), shown);
        }
    }

    @Test
    void plainText_leavesOnlyThroughMethodsCalledReveal() {
        List<String> doors = new ArrayList<>();
        for (Method method : SecretValue.class.getDeclaredMethods()) {
            boolean givesText = method.getReturnType() == String.class || method.getReturnType() == byte[].class;
            if (givesText && Modifier.isPublic(method.getModifiers())) {
                doors.add(method.getName());
            }
        }
        assertEquals(
                List.of("revealText", "revealUtf8", "toString"),
                doors.stream().sorted().toList());
        for (Field field : SecretValue.class.getDeclaredFields()) {
            assertTrue(Modifier.isPrivate(field.getModifiers()) || field.getType() == int.class, field.getName());
        }
    }

    @Test
    void valueThatIsClosedMeanwhile_isReadWhollyOrNotAtAll() throws Exception {
        String text = "x".repeat(10_000);
        ExecutorService readers = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 200; round++) {
                SecretValue value = SecretValue.of(text);
                CountDownLatch started = new CountDownLatch(3);
                List<Future<Boolean>> outcomes = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    outcomes.add(readers.submit(() -> readsOnlyWhole(value, text, started)));
                }
                started.await();
                value.close();
                for (Future<Boolean> outcome : outcomes) {
                    assertTrue(outcome.get());
                }
            }
        } finally {
            readers.shutdownNow();
        }
    }

    /** Reads until the value is closed. */
    private static boolean readsOnlyWhole(SecretValue value, String text, CountDownLatch started) {
        started.countDown();
        try {
            while (value.revealText().equals(text)) {
                Thread.onSpinWait();
            }
            return false;
        } catch (IllegalStateException closed) {
            return true;
        }
    }
}
