package dev.coffer.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Where the command reads and prints. The house rules:
 *
 * <ul>
 *   <li>stdout gets data and nothing else, in UTF-8; when it cannot be written, the command fails
 *   <li>stderr gets all talk: notes, prompts, progress and errors
 *   <li>nothing is asked unless stdin and stderr both are terminals, so that the question is seen and somebody answers
 *   <li>colour and progress appear on terminals only
 * </ul>
 */
final class Terminal implements HiddenPrompt {
    private static final byte CTRL_Z = 0x1A;
    private static final int LONGEST_LINE = 4_095; // what Linux keeps of a line that is typed; the rest is lost

    /** The standard streams. */
    enum Stream {
        IN('0'),
        OUT('1'),
        ERR('2');

        private final char descriptor;

        Stream(char descriptor) {
            this.descriptor = descriptor;
        }

        /** Its file descriptor, as a digit. */
        char descriptor() {
            return descriptor;
        }
    }

    private final InputStream in;
    private final OutputStream out;
    private final OutputStream err;
    private final Set<Stream> terminals;
    private final Echo echo;

    /**
     * A terminal over streams.
     *
     * @param in unbuffered: what was typed must not stay behind in a buffer
     * @param terminals those of the streams that a person sits at
     * @param echo hides what is typed
     */
    Terminal(InputStream in, OutputStream out, OutputStream err, Set<Stream> terminals, Echo echo) {
        this.in = in;
        this.out = new CheckedOutput(out);
        this.err = err;
        this.terminals = Set.copyOf(terminals);
        this.echo = echo;
    }

    InputStream in() {
        return in;
    }

    /** For data. Failing writes are an {@link OutputException}. */
    OutputStream out() {
        return out;
    }

    boolean is(Stream stream) {
        return terminals.contains(stream);
    }

    /** Whether a question would be seen and answered. */
    boolean canAsk() {
        return is(Stream.IN) && is(Stream.ERR);
    }

    /** Prints talk as it is. When nobody listens any more, there is nobody to tell either. */
    void talk(String text) {
        try {
            err.write(text.getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException e) {
            // A closed stderr does not keep the command from doing its work.
        }
    }

    @Override
    public char[] ask(String label) {
        requirePerson(label);
        byte[] line = askHidden(label);
        while (holdsCtrlZ(line)) {
            Arrays.fill(line, (byte) 0);
            talk("Ctrl-Z does not suspend a hidden question; answer it, or end it with Ctrl-C\n");
            line = askHidden(label);
        }
        try {
            return decode(line);
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }

    private byte[] askHidden(String label) {
        Runnable show = echo.hide();
        try {
            talk(label + ": ");
            return readLine();
        } finally {
            show.run();
            talk("\n");
        }
    }

    /** It would be part of the answer, and nobody sees that. */
    private static boolean holdsCtrlZ(byte[] line) {
        boolean found = false;
        for (byte b : line) {
            found |= b == CTRL_Z;
        }
        return found;
    }

    /** Asks for something that may be seen; empty if the answer is empty. */
    String askVisibly(String label) {
        requirePerson(label);
        talk(label + ": ");
        return new String(decode(readLine())).strip();
    }

    private void requirePerson(String label) {
        if (!canAsk()) {
            throw new UsageException("there is no terminal to ask on for: " + label, null);
        }
    }

    /** A line without its end. Byte by byte: what follows belongs to the next question. */
    private byte[] readLine() {
        byte[] line = new byte[LONGEST_LINE + 1];
        int length = 0;
        try {
            int read = in.read();
            if (read < 0) {
                throw new UsageException("the input ended before the question was answered", null);
            }
            while (read >= 0 && read != '\n') {
                if (length >= LONGEST_LINE - 1) {
                    throw new UsageException(
                            "a terminal cuts off a line as long as this one", "give long values as --KEY=@FILE");
                }
                line[length++] = (byte) read;
                read = in.read();
            }
            if (length > 0 && line[length - 1] == '\r') {
                length--;
            }
            return Arrays.copyOf(line, length);
        } catch (IOException e) {
            throw new UsageException("the terminal cannot be read", null);
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }

    private static char[] decode(byte[] line) {
        CharBuffer decoded;
        try {
            decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line));
        } catch (CharacterCodingException e) {
            throw new UsageException("what was typed is not UTF-8 text", "set the terminal's encoding to UTF-8");
        }
        char[] text = new char[decoded.remaining()];
        decoded.get(text);
        decoded.clear();
        decoded.put(new char[decoded.remaining()]);
        return text;
    }

    /** Data that could not be printed, because the reader went away or the disk is full. */
    static final class OutputException extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        OutputException(IOException cause) {
            super(cause);
        }

        /** Whether the reader went away, as {@code head} does when it has enough. */
        boolean readerWentAway() {
            return reason().filter(text -> text.contains("Broken pipe")).isPresent();
        }

        Optional<String> reason() {
            return Optional.ofNullable(getCause()).map(Throwable::getMessage);
        }
    }

    /** Tells trouble with the output apart from any other. */
    private static final class CheckedOutput extends OutputStream {
        private final OutputStream target;

        CheckedOutput(OutputStream target) {
            this.target = target;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                target.write(bytes, offset, length);
            } catch (IOException e) {
                throw new OutputException(e);
            }
        }

        @Override
        public void flush() {
            try {
                target.flush();
            } catch (IOException e) {
                throw new OutputException(e);
            }
        }
    }
}
