package dev.coffer.flavor.gcp;

import dev.coffer.flavor.gcp.GcpClient.Meta;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * As what a secret of the layout per-key is stored: which provider secrets there are, when each was made, its key's place in
 * the order, its type, and the number of its version. It tells no value. Labels that coffer does not read, and its own mark,
 * are none of it: so adopting a secret leaves it the same.
 *
 * <p>The text is a digest of all that, and in clear what is needed to ask for these versions again: what the ids begin with,
 * and of each the rest and the number.
 *
 * <pre>
 * 0f3e…:coffer-global-prod-2fdb_:password=3,username=1
 * </pre>
 */
final class PerKeyRevision {
    private static final Pattern TEXT = Pattern.compile("[^:]*:([^:]*):(.*)");
    private static final Pattern VERSION = Pattern.compile("([^=]*)=(\\d{1,18})");

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
        List<Part> sorted = parts.stream()
                .sorted(Comparator.comparing(part -> part.meta().id()))
                .toList();
        String digest = GcpNames.digest(sorted.stream().map(Part::text).collect(Collectors.joining("\n\n")));
        int shared = shared(sorted.stream().map(part -> part.meta().id()).toList());
        return digest
                + sorted.stream()
                        .map(part -> part.meta().id().substring(shared) + "=" + part.version())
                        .collect(Collectors.joining(
                                ",",
                                ":"
                                        + (sorted.isEmpty()
                                                ? ""
                                                : sorted.get(0).meta().id().substring(0, shared)) + ":",
                                ""));
    }

    /** How many characters all of these begin with together, of which each has more. */
    private static int shared(List<String> sorted) {
        if (sorted.isEmpty()) {
            return 0;
        }
        String first = sorted.get(0);
        String last = sorted.get(sorted.size() - 1);
        int shared = 0;
        while (shared < first.length() - 1 && shared < last.length() && first.charAt(shared) == last.charAt(shared)) {
            shared++;
        }
        return shared;
    }

    /** The numbers of the versions of a revision, by the ids of the provider secrets; none of what is no such revision. */
    static Map<String, Long> versions(String revision) {
        Matcher text = TEXT.matcher(revision);
        Map<String, Long> versions = new HashMap<>();
        if (text.matches()) {
            for (String part : text.group(2).split(",", -1)) {
                Matcher version = VERSION.matcher(part);
                if (version.matches()) {
                    versions.put(text.group(1) + version.group(1), Long.parseLong(version.group(2)));
                }
            }
        }
        return versions;
    }
}
