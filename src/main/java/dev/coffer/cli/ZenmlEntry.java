package dev.coffer.cli;

import dev.coffer.secrets.SecretValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One secret as a file of ZenML's holds it, or why it cannot be read.
 *
 * @param source the file
 * @param name as it stands there; any text
 * @param schema the schema type as it stands there; null if there is none
 * @param values empty if there is trouble
 * @param trouble why the entry is left out, and null if it is not; quotes no value
 */
record ZenmlEntry(
        String source,
        String name,
        @Nullable String schema,
        Map<String, SecretValue> values,
        @Nullable String trouble) {
    static ZenmlEntry broken(String source, String name, String trouble) {
        return new ZenmlEntry(source, name, null, Map.of(), trouble);
    }

    /** Everything but the values. */
    @Override
    public String toString() {
        return "ZenmlEntry(" + name + ")";
    }
}
