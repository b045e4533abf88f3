package dev.coffer.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever writes a flavor needs nothing for its tests but JUnit and the packages that a flavor is made with. */
class ContractsArePublishableTest {
    private static final Pattern QUALIFIED =
            Pattern.compile("\\b(?:dev|org|com|net|io|info)\\.[a-z]+(?:\\.[a-z]+)*(?=\\.[A-Z])");
    private static final Pattern ALLOWED =
            Pattern.compile("dev\\.coffer\\.(secrets|component)|org\\.junit\\.jupiter\\.api(\\.function)?");

    @Test
    void contracts_useOnlyJUnitAndTheSpi() throws IOException {
        List<Path> contracts = contracts();
        assertTrue(contracts.size() >= 10, () -> "the search is blind: it found only " + contracts);
        List<String> strangers = new ArrayList<>();
        for (Path contract : contracts) {
            strangersIn(Files.readString(contract))
                    .forEach(stranger -> strangers.add(contract.getFileName() + ": " + stranger));
        }
        assertEquals(List.of(), strangers);
    }

    @Test
    void aStranger_isNoticed() {
        assertEquals(List.of("dev.coffer.schema"), strangersIn("import dev.coffer.schema.SchemaCatalog;"));
        assertEquals(List.of("net.jqwik.api"), strangersIn("@net.jqwik.api.Property void p() {}"));
        assertEquals(List.of(), strangersIn("import dev.coffer.secrets.Secret; import org.junit.jupiter.api.Test;"));
    }

    private static List<Path> contracts() throws IOException {
        Path folder = Path.of(System.getProperty("coffer.checkout", "."), "src/test/java/dev/coffer/secrets");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("\\w*(Contract|ContractFixture)\\.java"))
                    .toList();
        }
    }

    private static List<String> strangersIn(String source) {
        List<String> strangers = new ArrayList<>();
        Matcher matcher = QUALIFIED.matcher(source);
        while (matcher.find()) {
            if (!ALLOWED.matcher(matcher.group()).matches()) {
                strangers.add(matcher.group());
            }
        }
        return strangers;
    }
}
