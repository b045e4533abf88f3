package dev.coffer.vault;

import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.storage.HeadRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * A secret that does not fit the schema of its type any more, because that was changed since, or one of a schema that
 * cannot be used.
 *
 * @param sentence names the secret and what is wrong with it, and quotes no value
 * @param remedy the way out
 */
record Outgrown(String sentence, String remedy) {
    /** All of a store, whichever component has them. */
    static List<Outgrown> in(Vault vault) {
        SchemaCatalog schemas = vault.schemas();
        List<Outgrown> found = new ArrayList<>();
        for (HeadRow head : live(vault, type -> !type.equals(Secret.ARBITRARY))) {
            SecretName name = SecretName.ofStored(head.name());
            try (Secret secret = vault.secretsOf(head.componentId()).get(name)) {
                List<String> faults = schemas.faultsOf(secret);
                if (!faults.isEmpty()) {
                    found.add(new Outgrown(
                            "secret " + name + " does not fit its schema " + secret.schemaType() + " any more: "
                                    + String.join("; ", faults),
                            "coffer secret update " + name));
                }
            } catch (InvalidException e) {
                found.add(new Outgrown(
                        "secret " + name + " cannot be held against its schema: "
                                + Printable.text(String.valueOf(e.getMessage())),
                        e.hint().orElse("register the schema again with '--replace'")));
            }
        }
        return found;
    }

    /** How many live secrets of a type, whichever component has them, are like this. */
    static int count(Vault vault, String schemaType, Predicate<Secret> like) {
        int count = 0;
        for (HeadRow head : live(vault, schemaType::equals)) {
            try (Secret secret = vault.secretsOf(head.componentId()).get(SecretName.ofStored(head.name()))) {
                count += like.test(secret) ? 1 : 0;
            }
        }
        return count;
    }

    private static List<HeadRow> live(Vault vault, Predicate<String> ofType) {
        return vault.read(view -> {
            List<HeadRow> heads = new ArrayList<>();
            view.tables().secrets().eachHead(head -> {
                if (!head.deleted() && ofType.test(head.schemaType())) {
                    heads.add(head);
                }
            });
            heads.sort(Comparator.comparing(HeadRow::name).thenComparing(HeadRow::componentId)); // ids are random
            return heads;
        });
    }
}
