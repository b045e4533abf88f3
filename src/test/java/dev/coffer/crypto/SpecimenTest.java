package dev.coffer.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whoever changes a format has to make a new specimen: one that does not open sets up nothing. */
class SpecimenTest {
    @Test
    void open_theSpecimen_givesItsContent() {
        ContentJson.Content content = Specimen.open();

        assertEquals("specimen", content.origin());
        assertEquals(Set.of("key"), content.values().keySet());
    }
}
