package dev.coffer.crypto;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.crypto.tink.aead.AeadParameters;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.mac.MacParameters;
import com.google.crypto.tink.mac.PredefinedMacParameters;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * The kinds of keys that a new store gets, read from {@code keysets/templates.json} on the class path: a JSON object
 * that gives a name from a closed list of Tink's predefined parameters to each of {@code kek}, {@code integrity} and
 * {@code fingerprint}. Nothing outside the class path is ever read for it.
 */
record KeyTemplates(AeadParameters kek, MacParameters integrity, MacParameters fingerprint) {
    static final Map<String, AeadParameters> AEADS = Map.of("AES256_GCM", PredefinedAeadParameters.AES256_GCM);
    static final Map<String, MacParameters> MACS =
            Map.of("HMAC_SHA256_256BITTAG", PredefinedMacParameters.HMAC_SHA256_256BITTAG);

    static KeyTemplates fromClassPath() {
        try (InputStream in = KeyTemplates.class.getResourceAsStream("/keysets/templates.json")) {
            if (in == null) {
                throw new IllegalStateException("keysets/templates.json is not on the class path");
            }
            Map<String, String> names = readObject(in);
            return new KeyTemplates(
                    pick(AEADS, names, "kek"), pick(MACS, names, "integrity"), pick(MACS, names, "fingerprint"));
        } catch (IOException e) {
            throw new IllegalStateException("keysets/templates.json on the class path cannot be read", e);
        }
    }

    static Map<String, String> readObject(InputStream in) throws IOException {
        Map<String, String> names = new HashMap<>();
        try (JsonParser json = new JsonFactory().createParser(in)) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                expect(json.nextToken() == JsonToken.VALUE_STRING && names.put(field, json.getText()) == null);
            }
            expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
        }
        return names;
    }

    static <T> T pick(Map<String, T> known, Map<String, String> names, String role) {
        T parameters = known.get(names.getOrDefault(role, ""));
        if (parameters == null) {
            throw new IllegalStateException("keysets/templates.json names no known parameters for " + role);
        }
        return parameters;
    }

    private static void expect(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("keysets/templates.json is not a flat JSON object of texts");
        }
    }
}
