/**
 * Campaigns against a real store: processes that are killed, many processes at once, disks that are full. Each prints
 * its seed and what it did. The long ones are tagged {@code campaign}; {@code mvn verify -Pcampaign} runs them at full
 * length.
 */
@NullMarked
package dev.coffer.campaign;

import org.jspecify.annotations.NullMarked;
