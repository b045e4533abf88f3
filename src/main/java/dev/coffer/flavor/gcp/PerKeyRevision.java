package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Meta;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/**
 * As what a secret of the layout per-key is stored: which provider secrets there are, when each was made, its key's place in
 * the order, its type, and the number of its version. It tells no value. Labels that coffer does not read, and its own mark,
 * are none of it: so adopting a secret leaves it the same.
 */
final class PerKeyRevision {
    private PerKeyRevision() {}

    /**
     * One key.
     *
     * @param version the number of the version that counts
     */
    record Part(Meta meta, long version) {
        private String text() {
            return String.join(
                    "\n",
                    meta.id(),
                    meta.created().toString(),
                    String.valueOf(PerKeyGroups.order(meta)),
                    PerKeyGroups.type(meta),
                    String.valueOf(version));
        }
    }

    static String of(Collection<Part> parts) {
        return GcpNames.digest(parts.stream()
                .sorted(Comparator.comparing(part -> part.meta().id()))
                .map(Part::text)
                .collect(Collectors.joining("\n\n")));
    }
}
