package dev.coffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One Java file of the checkout.
 *
 * @param path from the checkout's top, with slashes: {@code src/main/java/dev/coffer/vault/Vault.java}
 * @param code the text without comments, so that Javadoc may link anywhere; in tests also without the content of
 *     literals, so that a test may hold forbidden code as text. Lines keep their numbers
 */
record SourceFile(String path, String code) {
    private static final String MAIN = "src/main/java/dev/coffer/";
    private static final String TEST = "src/test/java/dev/coffer/";

    private static final String COMMENT = "//[^\n]*|/\\*(?s:.*?)\\*/";
    // Possessive: a matcher that may step back recurses, and runs out of stack on a long literal.
    private static final String TEXT_BLOCK = "\"{3}(?s:[^\"\\\\]++|\\\\.|\"(?!\"\"))*+\"{3}";
    private static final String STRING = "\"(?:[^\"\\\\\n]++|\\\\.)*+\"";
    private static final String CHARACTER = "'(?:[^'\\\\\n]|\\\\[^\n]+?)'";

    /** A comment, or a literal that may look as if it held one. */
    private static final Pattern COMMENT_OR_LITERAL =
            Pattern.compile(String.join("|", COMMENT, TEXT_BLOCK, STRING, CHARACTER));

    private static final Pattern NOT_A_LINE_END = Pattern.compile("[^\\n]");

    static SourceFile of(String path, String text) {
        boolean literalsCount = path.startsWith(MAIN);
        String code = COMMENT_OR_LITERAL
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group().startsWith("/") || !literalsCount
                                ? NOT_A_LINE_END.matcher(found.group()).replaceAll(" ")
                                : found.group()));
        return new SourceFile(path, code);
    }

    /** Every Java file of the checkout, main and test. */
    static List<SourceFile> all(Path checkout) throws IOException {
        try (Stream<Path> main = Files.walk(checkout.resolve(MAIN));
                Stream<Path> test = Files.walk(checkout.resolve(TEST))) {
            return Stream.concat(main, test)
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .map(file -> read(checkout, file))
                    .toList();
        }
    }

    private static SourceFile read(Path checkout, Path file) {
        try {
            String path = checkout.relativize(file).toString().replace('\\', '/');
            return of(path, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isMain() {
        return path.startsWith(MAIN);
    }

    /** The folders below {@code dev/coffer/}: {@code flavor/github}, or nothing for the root package. */
    String folder() {
        String below = path.substring(isMain() ? MAIN.length() : TEST.length());
        return below.contains("/") ? below.substring(0, below.lastIndexOf('/')) : "";
    }

    /** The first of the folders: the package that the table of the architecture speaks of. */
    String module() {
        return folder().contains("/") ? folder().substring(0, folder().indexOf('/')) : folder();
    }

    /** Whether this belongs to one flavor, which is a class or a package of its own. */
    boolean isFlavor(String name) {
        String fileName = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return folder().equals("flavor/" + name) || (folder().equals("flavor") && fileName.startsWith(name));
    }

    /** The path and the line, counted from 1, of a position in the code. */
    String place(int position) {
        int line = code.substring(0, position).split("\n", -1).length;
        return path + ":" + line;
    }
}
