package dev.coffer.secrets;

/** The secret schemas that are known where a secrets manager works. */
public interface SecretSchemas {
    /**
     * Holds a secret against the schema of its type and adds what the schema presets. Every flavor does this before it
     * writes a secret, and never when it reads one: what is stored stays readable.
     *
     * <p>The result has the content of the given secret, in its order, and after it the defaults of the optional keys
     * that it has not. Its values are those of the given secret, not copies: close one of the two. If there is nothing
     * to add, the result is the given secret itself.
     *
     * @throws NoSuchSchemaException if there is no schema of the secret's type
     * @throws InvalidException if the secret does not fit: names every fault, and quotes no value
     */
    Secret fit(Secret secret);
}
