package dev.coffer.vault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.NewerStoreException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;

/** Whatever stands at the start of a backup file is its header or refused; the header keeps the bytes that it was read from. */
class BackupHeaderFuzzTest {
    @FuzzTest
    void startOfFile(byte[] bytes) throws IOException {
        try {
            BackupHeader header = BackupHeader.read(new DataInputStream(new ByteArrayInputStream(bytes)), "a file");
            assertArrayEquals(header.bytes(), Arrays.copyOf(bytes, header.bytes().length));
        } catch (IntegrityException | NewerStoreException e) {
            // The ways out that a bad file has.
        }
    }
}
