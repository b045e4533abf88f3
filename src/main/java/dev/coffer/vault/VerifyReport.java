package dev.coffer.vault;

import java.util.Comparator;
import java.util.List;

/**
 * What a verification came to.
 *
 * @param secrets how many secrets there are, deleted ones included
 * @param versions how many versions were opened
 * @param records how many records were opened
 * @param logRows how many rows the log has
 * @param findings everything that is wrong; empty if the store is sound
 */
public record VerifyReport(long secrets, long versions, long records, long logRows, List<Finding> findings) {
    // Rows stream by in the order of random ids; a reader wants the same order each time.
    private static final Comparator<Finding> ORDER = Comparator.comparing(Finding::kind)
            .thenComparing(finding -> finding.kind() == Finding.Kind.LOG ? "" : finding.subject());

    /** Copies the findings, sorted by kind and subject; those of the log stay in its order. */
    public VerifyReport {
        findings = findings.stream().sorted(ORDER).toList();
    }

    /** Whether nothing is wrong. */
    public boolean sound() {
        return findings.isEmpty();
    }
}
