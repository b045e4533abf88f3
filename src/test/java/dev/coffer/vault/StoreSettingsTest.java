package dev.coffer.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreSettingsTest {
    @TempDir
    Path folder;

    private OptionalInt keepVersions(String json) throws IOException {
        return StoreSettings.read(Files.writeString(folder.resolve("config.json"), json))
                .keepVersions();
    }

    @Test
    void withoutAFileOrASetting_allVersionsAreKept() throws IOException {
        assertEquals(
                OptionalInt.empty(),
                StoreSettings.read(folder.resolve("config.json")).keepVersions());
        assertEquals(OptionalInt.empty(), keepVersions("{}"));
    }

    @Test
    void keepVersions_isAWholeNumberFromOneOn() throws IOException {
        assertEquals(OptionalInt.of(1), keepVersions("{\"keepVersions\": 1}"));
        assertEquals(OptionalInt.of(Integer.MAX_VALUE), keepVersions("{\"keepVersions\": 2147483647}\n"));
    }

    /** A setting that was mistyped and passed over would prune what somebody wanted to keep. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"keepVersions\": 0}; keepVersions is a whole number from 1 on",
                "{\"keepVersions\": -1}; keepVersions is a whole number from 1 on",
                "{\"keepVersions\": \"3\"}; keepVersions is a whole number from 1 on",
                "{\"keepVersions\": 1.0}; keepVersions is a whole number from 1 on",
                "{\"keepVersions\": 2147483648}; it is not JSON",
                "{\"keepVersions\": 2, \"keepVersions\": 3}; keepVersions is there twice",
                "{\"keep-versions\": 3}; there is no setting 'keep-versions'",
                "[1]; it is not a JSON object",
                "{\"keepVersions\": 1} {}; it is not one JSON object",
                "{\"keepVersions\": 1; it is not JSON",
                "``; it is not a JSON object",
            })
    void whatIsNoSetting_isRefused_withTheReason(String json, String reason) {
        InvalidException e = assertThrows(InvalidException.class, () -> keepVersions(json));
        assertTrue(e.getMessage().endsWith("cannot be used: " + reason), e.getMessage());
        assertEquals(Optional.of(folder.resolve("config.json").toString()), e.name());
        assertTrue(e.hint().isPresent());
    }
}
