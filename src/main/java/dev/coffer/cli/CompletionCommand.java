package dev.coffer.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Parameters;

/** {@code coffer completion}. */
@picocli.CommandLine.Command(
        name = "completion",
        description = "Print what makes a shell complete commands, options and names.",
        customSynopsis = "coffer completion bash|zsh|fish",
        footer = {
            "",
            "Names are those that stand in clear in the store: no key is asked for, and no value is read.",
            "",
            "bash: add to ~/.bashrc            source <(coffer completion bash)",
            "zsh:  add to ~/.zshrc             source <(coffer completion zsh)",
            "      (below 'autoload -Uz compinit && compinit')",
            "fish: run once                    coffer completion fish > ~/.config/fish/completions/coffer.fish",
            "",
            "Example:",
            "  coffer completion bash"
        })
final class CompletionCommand implements Command {
    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
    private String shell = "";

    /** The shells that can be completed. */
    static List<String> shells() {
        return List.of("bash", "fish", "zsh");
    }

    @Override
    public void run(Session session) throws IOException {
        if (!shells().contains(shell)) {
            throw new UsageException("there is no completion for that shell", "the shells are bash, zsh and fish");
        }
        try (InputStream script =
                Objects.requireNonNull(CompletionCommand.class.getResourceAsStream("completion." + shell))) {
            script.transferTo(session.terminal().out());
            session.terminal().out().flush();
        }
    }
}
