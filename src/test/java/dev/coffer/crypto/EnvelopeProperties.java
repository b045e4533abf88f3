package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.secrets.IntegrityException;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EnvelopeProperties {
    private static final Keyring KEYRING = Keyring.create();

    @Property
    void anyContent_comesBack(@ForAll("bindings") Binding binding, @ForAll("contents") byte[] content) {
        SealedContent sealed = Envelope.seal(KEYRING, binding, content);

        assertArrayEquals(content, Envelope.open(KEYRING, binding, sealed, "it"));
        assertEquals(KEYRING.primaryKekId(), sealed.kekId());
    }

    @Property(tries = 30)
    void largeContent_comesBackAndNoFlippedBitDoes(
            @ForAll("bindings") Binding binding, @ForAll("large") byte[] content, @ForAll Random random) {
        SealedContent sealed = Envelope.seal(KEYRING, binding, content);
        assertArrayEquals(content, Envelope.open(KEYRING, binding, sealed, "it"));

        int bit = random.nextInt(sealed.payload().length * 8);
        SealedContent changed =
                new SealedContent(sealed.kekId(), sealed.wrappedDek(), Bytes.flipped(sealed.payload(), bit));
        assertThrows(IntegrityException.class, () -> Envelope.open(KEYRING, binding, changed, "it"));
    }

    @Property
    void contentSealedForOneBinding_opensForNoOther(
            @ForAll("similarBindings") Binding one,
            @ForAll("similarBindings") Binding other,
            @ForAll("contents") byte[] content) {
        SealedContent sealed = Envelope.seal(KEYRING, one, content);
        if (one.equals(other)) {
            assertArrayEquals(content, Envelope.open(KEYRING, other, sealed, "it"));
        } else {
            assertThrows(IntegrityException.class, () -> Envelope.open(KEYRING, other, sealed, "it"));
            assertThrows(IntegrityException.class, () -> Envelope.rewrap(KEYRING, other, sealed, "it"));
        }
    }

    @Property
    void sameContentTwice_givesOtherBytes(@ForAll("bindings") Binding binding, @ForAll("contents") byte[] content) {
        SealedContent one = Envelope.seal(KEYRING, binding, content);
        SealedContent other = Envelope.seal(KEYRING, binding, content);

        assertFalse(Arrays.equals(one.wrappedDek(), other.wrappedDek()));
        assertFalse(Arrays.equals(one.payload(), other.payload()));
    }

    @Property
    void lengthsOfShortContents_areEqualAtRest(@ForAll("short") byte[] one, @ForAll("short") byte[] other) {
        Binding binding = new Binding("secret", new UUID(0, 1), new UUID(0, 2), 1, "arbitrary");

        assertEquals(
                Envelope.seal(KEYRING, binding, one).payload().length,
                Envelope.seal(KEYRING, binding, other).payload().length);
    }

    @Property
    void rewrappedContent_opensAfterAnyNumberOfRotations(
            @ForAll("bindings") Binding binding, @ForAll("contents") byte[] content, @ForAll("counts") int rotations) {
        Keyring keyring = KEYRING;
        SealedContent sealed = Envelope.seal(keyring, binding, content);
        for (int i = 0; i < rotations; i++) {
            int old = keyring.primaryKekId();
            keyring = keyring.withNewKek();
            sealed = Envelope.rewrap(keyring, binding, sealed, "it");
            keyring = keyring.withoutKeks(Set.of(old));
        }
        assertArrayEquals(content, Envelope.open(keyring, binding, sealed, "it"));
        assertEquals(1, keyring.kekIds().size());
    }

    /** What somebody puts in the row who has no key. */
    @Property
    void garbage_isAnIntegrityFailure(
            @ForAll("bindings") Binding binding,
            @ForAll("contents") byte[] wrapped,
            @ForAll("contents") byte[] payload,
            @ForAll boolean rightKek) {
        if (rightKek && wrapped.length >= 5) {
            byte[] prefix = Envelope.seal(KEYRING, binding, new byte[0]).wrappedDek();
            System.arraycopy(prefix, 0, wrapped, 0, 5);
        }
        SealedContent garbage = new SealedContent(KEYRING.primaryKekId(), wrapped, payload);

        assertThrows(IntegrityException.class, () -> Envelope.open(KEYRING, binding, garbage, "it"));
        assertThrows(IntegrityException.class, () -> Envelope.rewrap(KEYRING, binding, garbage, "it"));
    }

    @Provide
    static Arbitrary<Binding> bindings() {
        return Combinators.combine(
                        Arbitraries.of("secret", "record"),
                        Arbitraries.create(UUID::randomUUID),
                        Arbitraries.create(UUID::randomUUID),
                        Arbitraries.longs().greaterOrEqual(1),
                        Arbitraries.strings().ascii().ofMaxLength(20),
                        Arbitraries.longs(),
                        Arbitraries.of(true, false))
                .as(Binding::new);
    }

    /** Few values for each field, so that bindings are often equal or differ in one field. */
    @Provide
    static Arbitrary<Binding> similarBindings() {
        Arbitrary<UUID> ids = Arbitraries.of(new UUID(0, 1), new UUID(1, 0));
        return Combinators.combine(
                        Arbitraries.of("a", "ab", ""),
                        ids,
                        ids,
                        Arbitraries.of(1L, 2L),
                        Arbitraries.of("a", "ba", ""),
                        Arbitraries.of(0L, 1L),
                        Arbitraries.of(true, false))
                .as(Binding::new);
    }

    @Provide
    static Arbitrary<byte[]> contents() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(6_000);
    }

    @Provide("short")
    static Arbitrary<byte[]> shortContents() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(252);
    }

    /** Around 1 MiB, the greatest value. */
    @Provide
    static Arbitrary<byte[]> large() {
        return Arbitraries.integers()
                .between(1_000_000, 1_200_000)
                .edgeCases(edges -> edges.add(1 << 20, (1 << 20) - 4, (1 << 20) - 3))
                .map(length -> {
                    byte[] content = new byte[length];
                    new Random(length).nextBytes(content);
                    return content;
                });
    }

    @Provide
    static Arbitrary<Integer> counts() {
        return Arbitraries.integers().between(1, 4);
    }
}
