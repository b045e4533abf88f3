package dev.coffer.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run of the command inside this process, with no terminal anywhere and nothing on stdin.
 *
 * @param code the exit code
 * @param out what was printed on stdout
 * @param err what was printed on stderr
 */
record CommandRun(int code, String out, String err) {
    static CommandRun of(Map<String, String> environment, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), out, err, Set.of(), () -> {
            throw new AssertionError("nothing is to be asked");
        });
        int code = Main.run(List.of(args), environment, terminal);
        return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A run on a terminal where the question is answered with yes, after something else was done meanwhile. */
    static CommandRun agreeing(Map<String, String> environment, Runnable meanwhile, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream yes = new FilterInputStream(new ByteArrayInputStream("y\n".getBytes(StandardCharsets.UTF_8))) {
            private boolean asked;

            @Override
            public int read() throws IOException {
                quick();
                return super.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                quick();
                return super.read(target, offset, length);
            }

            private void quick() {
                if (!asked) {
                    asked = true;
                    meanwhile.run();
                }
            }
        };
        Terminal terminal = new Terminal(yes, out, err, Set.of(Terminal.Stream.IN, Terminal.Stream.ERR), () -> {
            throw new AssertionError("nothing is asked hidden");
        });
        int code = Main.run(List.of(args), environment, terminal);
        return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
