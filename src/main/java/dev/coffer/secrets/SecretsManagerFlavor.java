package dev.coffer.secrets;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.Flavor;

/** A flavor of secrets manager: what somebody writes who keeps secrets in another place. */
public interface SecretsManagerFlavor extends Flavor {
    @Override
    default ComponentType type() {
        return ComponentType.SECRETS_MANAGER;
    }

    /**
     * Makes a secrets manager. Opens no connection and reads no file.
     *
     * @param definition already checked against {@link #attributes()}, its references to secrets resolved
     * @param schemas what secrets are held against before they are written
     */
    SecretsManager create(ComponentDefinition definition, SecretSchemas schemas);
}
