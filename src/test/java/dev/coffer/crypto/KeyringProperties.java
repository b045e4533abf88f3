package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.IntegrityException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;

class KeyringProperties {
    private static final UUID STORE = new UUID(1, 2);
    private static final RootKey ROOT_KEY = RootKey.random();
    private static final Keyring KEYRING_WITH_ONE_KEY = Keyring.create();
    private static final Keyring KEYRING = KEYRING_WITH_ONE_KEY.withNewIntegrityKey(41);

    @Property(tries = 200)
    void sealedKeyring_opensForItsStoreAndGenerationAlone(
            @ForAll("stores") UUID store,
            @ForAll("stores") UUID otherStore,
            @ForAll("rotations") int rotations,
            @ForAll long other) {
        Keyring keyring = KEYRING;
        for (int i = 0; i < rotations; i++) {
            keyring = keyring.withNewKek();
        }
        byte[] blob = keyring.seal(ROOT_KEY, store);
        long generation = keyring.generation();

        assertEquals(rotations + 2, generation);
        assertEquals(
                keyring.kekIds(),
                Keyring.open(ROOT_KEY, store, generation, blob).kekIds());
        if (other != generation) {
            assertThrows(IntegrityException.class, () -> Keyring.open(ROOT_KEY, store, other, blob));
        }
        if (!otherStore.equals(store)) {
            assertThrows(IntegrityException.class, () -> Keyring.open(ROOT_KEY, otherStore, generation, blob));
        }
    }

    /** What somebody writes into the file who has no key. */
    @Property
    void garbage_isAnIntegrityFailure(@ForAll("garbage") byte[] blob) {
        assertThrows(IntegrityException.class, () -> Keyring.open(ROOT_KEY, STORE, 1, blob));
    }

    /** What only somebody with the root key can write. The first bytes often look like a length. */
    @Property(tries = 5_000)
    void garbageUnderTheRightKey_isAnIntegrityFailure(@ForAll("garbage") byte[] clear, @ForAll int first)
            throws GeneralSecurityException {
        if (clear.length >= 4) {
            ByteBuffer.wrap(clear).putInt(first);
        }
        byte[] blob = KeyringTest.sealed(ROOT_KEY, clear);

        assertThrows(IntegrityException.class, () -> Keyring.open(ROOT_KEY, STORE, 1, blob));
    }

    @Property(tries = 2_000)
    void keysetOfGarbage_isAnIntegrityFailure(@ForAll("places") int place, @ForAll("garbage") byte[] keyset)
            throws GeneralSecurityException {
        ClearKeyring clear = ClearKeyring.parse(KeyringTest.clear(ROOT_KEY, KEYRING.seal(ROOT_KEY, STORE), 2));
        byte[] blob = KeyringTest.sealed(
                ROOT_KEY, clear.with(place, clear.get(place).withKeyset(keyset)).toByteArray());

        assertThrows(IntegrityException.class, () -> Keyring.open(ROOT_KEY, STORE, 1, blob));
    }

    @Property(tries = 2_000)
    void entriesInAnyOrder_openInTheOneOrderAlone(@ForAll("orders") List<Integer> order, @ForAll int count)
            throws GeneralSecurityException {
        ClearKeyring clear = ClearKeyring.parse(KeyringTest.clear(ROOT_KEY, KEYRING.seal(ROOT_KEY, STORE), 2));
        int[] places = order.stream().mapToInt(place -> place).toArray();
        ClearKeyring picked = clear.picked(places);
        byte[] blob = KeyringTest.sealed(ROOT_KEY, picked.toByteArray());
        if (order.equals(List.of(0, 1, 2, 3)) || order.equals(List.of(0, 1, 3))) {
            KeyringTest.use(Keyring.open(ROOT_KEY, STORE, 1, blob));
        } else {
            assertThrows(IntegrityException.class, () -> Keyring.open(ROOT_KEY, STORE, 1, blob));
        }
        if ((byte) count != places.length) {
            byte[] lying = KeyringTest.sealed(ROOT_KEY, picked.toByteArray(count));
            assertThrows(IntegrityException.class, () -> Keyring.open(ROOT_KEY, STORE, 1, lying));
        }
    }

    /** Each row of the log has the one key of its time, and what is not the log has the current one. */
    @Property(tries = 300)
    void integrityKeys_verifyTheLogOfTheirTimeAlone(
            @ForAll("sequences") List<Long> lastSequences, @ForAll("positive") long sequence) {
        List<Long> sorted = lastSequences.stream().sorted().toList();
        List<Keyring> times = new ArrayList<>(List.of(KEYRING_WITH_ONE_KEY));
        for (long last : sorted) {
            times.add(times.get(times.size() - 1).withNewIntegrityKey(last));
        }
        Keyring sealed = times.get(times.size() - 1);
        Keyring now = Keyring.open(ROOT_KEY, STORE, sealed.generation(), sealed.seal(ROOT_KEY, STORE));
        long signer = sorted.stream().filter(last -> last < sequence).count();
        CanonicalBytes message = of(new byte[] {42});
        for (int i = 0; i < times.size(); i++) {
            byte[] mac = times.get(i).mac(message);
            assertEquals(i == signer, now.verifiesLog(sequence, mac, message));
            assertEquals(i == sorted.size(), now.verifies(mac, message));
        }
    }

    /** A keyring with a few bytes changed, put in or taken out, sealed again: it opens whole, or is refused. */
    @Property(tries = 3_000)
    void damagedClearKeyring_givesAWholeKeyringOrTheError(@ForAll Random random) throws GeneralSecurityException {
        byte[] clear = KeyringTest.clear(ROOT_KEY, KEYRING.seal(ROOT_KEY, STORE), 2);
        for (int i = random.nextInt(3); i >= 0; i--) {
            clear = damaged(clear, random);
        }
        byte[] blob = KeyringTest.sealed(ROOT_KEY, clear);
        Keyring opened;
        try {
            opened = Keyring.open(ROOT_KEY, STORE, 1, blob);
        } catch (IntegrityException e) {
            return;
        }
        KeyringTest.use(opened);
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        byte[] tail = Arrays.copyOfRange(bytes, at, bytes.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        switch (random.nextInt(4)) {
            case 0 -> tail[0] = (byte) random.nextInt();
            case 1 -> tail[0] = (byte) (tail[0] + random.nextInt(3) - 1);
            case 2 -> out.write(random.nextInt());
            default -> tail = Arrays.copyOfRange(tail, 1, tail.length);
        }
        out.writeBytes(tail);
        return out.toByteArray();
    }

    @Property
    void mac_verifiesItsMessageAndNoOther(@ForAll byte[] message, @ForAll byte[] other) {
        byte[] mac = KEYRING.mac(of(message));

        assertTrue(KEYRING.verifies(mac, of(message)));
        assertEquals(Arrays.equals(message, other), KEYRING.verifies(mac, of(other)));
        assertFalse(KEYRING.verifies(KEYRING.fingerprint(of(message)), of(message)));
    }

    @Property
    void fingerprints_areEqualExactlyForEqualMessages(@ForAll byte[] message, @ForAll byte[] other) {
        assertArrayEquals(KEYRING.fingerprint(of(message)), KEYRING.fingerprint(of(message)));
        assertEquals(
                Arrays.equals(message, other),
                Arrays.equals(KEYRING.fingerprint(of(message)), KEYRING.fingerprint(of(other))));
    }

    @Property
    void garbage_isNoMac(@ForAll byte[] mac, @ForAll byte[] message) {
        assertFalse(KEYRING.verifies(mac, of(message)));
    }

    private static CanonicalBytes of(byte[] message) {
        return CanonicalBytes.forPurpose("test 1").add(message);
    }

    @Provide
    static Arbitrary<UUID> stores() {
        return Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
    }

    @Provide
    static Arbitrary<byte[]> garbage() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(400);
    }

    @Provide
    static Arbitrary<Integer> places() {
        return Arbitraries.integers().between(0, 3);
    }

    /** Of four entries, with some left out or twice there. */
    @Provide
    static Arbitrary<List<Integer>> orders() {
        Arbitrary<List<Integer>> right = Arbitraries.of(List.of(List.of(0, 1, 2, 3), List.of(0, 1, 3)));
        return Arbitraries.oneOf(List.of(places().list().ofMaxSize(5), right));
    }

    @Provide
    static Arbitrary<List<Long>> sequences() {
        return Arbitraries.longs()
                .between(0, Long.MAX_VALUE - 1)
                .withDistribution(RandomDistribution.biased())
                .list()
                .uniqueElements()
                .ofMaxSize(6);
    }

    @Provide
    static Arbitrary<Long> positive() {
        return Arbitraries.longs().greaterOrEqual(1);
    }

    @Provide
    static Arbitrary<Integer> rotations() {
        return Arbitraries.integers().between(0, 6);
    }
}
