package dev.coffer.vault;

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
    /** Copies the findings. */
    public VerifyReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing is wrong. */
    public boolean sound() {
        return findings.isEmpty();
    }
}
