package dev.coffer.crypto;

import com.google.crypto.tink.subtle.Random;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * How a passphrase becomes a key: Argon2id, version 1.3 (RFC 9106). Written in the PHC string format,
 * {@code $argon2id$v=19$m=65536,t=3,p=4$SALT}, with the salt in base64 without padding.
 *
 * <p>The parameters come from a file that others may have written, so they are held against a floor and a ceiling
 * before any memory is taken. The floor is the least that the OWASP password storage cheat sheet recommends: 19 MiB and
 * 2 passes. The ceiling is what an ordinary laptop still does in a minute. Of one set of parameters there is one text;
 * every other spelling is refused.
 *
 * @param memoryKiB 19,456 to 1,048,576 KiB
 * @param iterations 2 to 20 passes
 * @param parallelism 1 to 16 lanes
 * @param salt 16 to 64 random bytes
 */
public record KdfParameters(int memoryKiB, int iterations, int parallelism, byte[] salt) {
    static final int MIN_MEMORY_KIB = 19 * 1024;
    static final int MAX_MEMORY_KIB = 1024 * 1024;
    static final int MIN_ITERATIONS = 2;
    static final int MAX_ITERATIONS = 20;
    static final int MAX_PARALLELISM = 16;
    static final int MIN_SALT_BYTES = 16;
    static final int MAX_SALT_BYTES = 64;

    /** The most work for one unlocking: the costliest slot that is allowed, and 31 of the recommended cost. */
    static final long MAX_WORK = (long) MAX_MEMORY_KIB * MAX_ITERATIONS + 31L * 64 * 1024 * 3;

    private static final Pattern PHC =
            Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d{1,9}),t=(\\d{1,4}),p=(\\d{1,4})\\$([A-Za-z0-9+/]{1,100})");

    /**
     * Checks the bounds.
     *
     * @throws IntegrityException if a parameter is out of bounds
     */
    public KdfParameters {
        check("memory", memoryKiB, MIN_MEMORY_KIB, MAX_MEMORY_KIB);
        check("iterations", iterations, MIN_ITERATIONS, MAX_ITERATIONS);
        check("parallelism", parallelism, 1, MAX_PARALLELISM);
        check("salt length", salt.length, MIN_SALT_BYTES, MAX_SALT_BYTES);
        salt = salt.clone();
    }

    /** The second recommended option of RFC 9106, section 4: 64 MiB, 3 passes, 4 lanes; about half a second. */
    public static KdfParameters recommended() {
        return new KdfParameters(64 * 1024, 3, 4, Random.randBytes(MIN_SALT_BYTES));
    }

    /** The cheapest parameters that are accepted: 19 MiB, 2 passes, 1 lane. For tests and for machine-made secrets. */
    public static KdfParameters cheapest() {
        return new KdfParameters(MIN_MEMORY_KIB, MIN_ITERATIONS, 1, Random.randBytes(MIN_SALT_BYTES));
    }

    /**
     * Reads the PHC string format.
     *
     * @throws IntegrityException if the text has another shape, or a parameter is out of bounds
     */
    static KdfParameters parse(String phc) {
        Matcher m = PHC.matcher(phc);
        if (!m.matches()) {
            throw refused("are not in the form $argon2id$v=19$m=…,t=…,p=…$SALT");
        }
        byte[] salt;
        try {
            salt = Base64.getDecoder().decode(m.group(4));
        } catch (IllegalArgumentException e) {
            throw refused("have a salt that is not base64");
        }
        KdfParameters parameters = new KdfParameters(
                Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)), salt);
        if (!parameters.format().equals(phc)) { // leading zeros, or bits left over in the salt
            throw refused("are not written as coffer writes them");
        }
        return parameters;
    }

    /** What a derivation costs, in KiB that are filled; its time is about proportional to it. */
    long work() {
        return (long) memoryKiB * iterations;
    }

    String format() {
        return "$argon2id$v=19$m=" + memoryKiB + ",t=" + iterations + ",p=" + parallelism + "$"
                + Base64.getEncoder().withoutPadding().encodeToString(salt);
    }

    /**
     * Derives 32 bytes; the caller wipes them.
     *
     * @throws InvalidException if this process has not the memory for it
     */
    byte[] derive(byte[] passphrase) {
        requireMemory(Runtime.getRuntime().maxMemory());
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKiB)
                .withIterations(iterations)
                .withParallelism(parallelism)
                .withSalt(salt)
                .build());
        byte[] key = new byte[Primitives.KEY_BYTES];
        argon2.generateBytes(passphrase, key);
        return key;
    }

    /** Parameters within the ceiling may still be more than a small heap takes. */
    void requireMemory(long heapBytes) {
        long needed = (memoryKiB + memoryKiB / 8L) * 1024; // each block of 1 KiB is an array with a header
        if (needed > heapBytes) {
            throw new InvalidException(
                    "deriving the key takes " + memoryKiB / 1024 + " MiB of memory, and this process has at most "
                            + (heapBytes >> 20) + " MiB for everything",
                    null,
                    "give Java more with -Xmx" + 2 * (memoryKiB / 1024)
                            + "m; the command takes it from COFFER_JAVA_OPTS");
        }
    }

    @Override
    public byte[] salt() {
        return salt.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KdfParameters o && format().equals(o.format());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {memoryKiB, iterations, parallelism, Arrays.hashCode(salt)});
    }

    @Override
    public String toString() {
        return "Argon2id, " + memoryKiB / 1024 + " MiB, " + iterations + " passes, " + parallelism + " lanes";
    }

    private static void check(String what, int value, int floor, int ceiling) {
        if (value < floor || value > ceiling) {
            throw refused("ask for " + what + " " + value + ", which is not between " + floor + " and " + ceiling);
        }
    }

    private static IntegrityException refused(String why) {
        return new IntegrityException(
                "the key derivation parameters " + why, null, "restore the store from a backup with 'coffer restore'");
    }
}
