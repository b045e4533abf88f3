package dev.coffer.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What was measured, for machines, for people and for the README. */
record Report(Settings settings, List<Bar> bars, List<Timed> commands) {
    private static final String BEGIN = "<!-- bench -->\n";
    private static final String END = "<!-- /bench -->\n";

    void write() throws IOException {
        Files.createDirectories(settings.folder());
        Files.writeString(settings.folder().resolve("results.json"), json());
        Files.writeString(settings.folder().resolve("table.md"), table());
        String plot = new Plot(bars, commands).svg();
        Files.writeString(settings.folder().resolve("bars.svg"), plot);
        if (settings.publish()) {
            Files.writeString(settings.checkout().resolve("src/bench/bars.svg"), plot);
            Path readme = settings.checkout().resolve("README.md");
            Files.writeString(readme, published(Files.readString(readme)));
        }
    }

    private String published(String readme) {
        int begin = readme.indexOf(BEGIN);
        int end = readme.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("README.md has no " + BEGIN.strip() + " … " + END.strip());
        }
        return readme.substring(0, begin + BEGIN.length())
                + "![How much of each bar is used, and how long commands take](src/bench/bars.svg)\n\n"
                + table()
                + readme.substring(end);
    }

    String table() {
        StringBuilder text = new StringBuilder();
        text.append("| | measured | bar | |\n|---|---|---|---|\n");
        for (Bar bar : bars) {
            text.append(String.join(" | ", "| " + bar.what(), bar.measured(), bar.limit(), bar.verdict()))
                    .append(" |\n");
        }
        if (!commands.isEmpty()) {
            text.append("\n| whole process | median (fastest–slowest) | as `X=$(…)` | memory |\n|---|---|---|---|\n");
            commands.forEach(one -> text.append(line(one)));
        }
        return text.append('\n').append(circumstances()).append("\n").toString();
    }

    private static String line(Timed one) {
        if (!one.here()) {
            return "| `" + one.name().replace(", JDK", "`, JDK") + (one.name().contains("JDK") ? "" : "`")
                    + " | not here | | |\n";
        }
        return String.format(
                Locale.ROOT,
                "| `%s%s | %s | %s | %s |%n",
                one.name().replace(", JDK", "`, JDK"),
                one.name().contains("JDK") ? "" : "`",
                Timed.text(one.millis()),
                Timed.text(one.inVariable()),
                one.residentKib() == 0 ? "" : one.residentKib() / 1024 + " MiB");
    }

    private String circumstances() {
        String jdks = String.join(
                " and ",
                List.of(25, 17).stream()
                        .flatMap(major -> Settings.jdk(major).stream())
                        .map(Settings::release)
                        .toList());
        return String.format(
                Locale.ROOT,
                "%s, %d processors; JDK %s; the library's figures on %s; medians; %s.%n",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                jdks,
                Settings.release(Settings.jdkOfLibrary()),
                LocalDate.now(ZoneOffset.UTC));
    }

    private static String processor() {
        try {
            Optional<String> model = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
            return model.orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private String json() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("circumstances", circumstances().strip());
        root.put("secrets", settings.secrets());
        ArrayNode all = root.putArray("bars");
        for (Bar bar : bars) {
            ObjectNode one = all.addObject()
                    .put("id", bar.id())
                    .put("what", bar.what())
                    .put("measured", bar.measured())
                    .put("bar", bar.limit())
                    .put("verdict", bar.verdict());
            if (!Double.isNaN(bar.share())) {
                one.put("share", bar.share());
            }
        }
        ArrayNode processes = root.putArray("processes");
        for (Timed one : commands) {
            ObjectNode node = processes.addObject().put("name", one.name()).put("here", one.here());
            node.put("residentKib", one.residentKib());
            ArrayNode millis = node.putArray("millis");
            for (double time : one.millis()) {
                millis.add(time);
            }
            ArrayNode inVariable = node.putArray("inVariableMillis");
            for (double time : one.inVariable()) {
                inVariable.add(time);
            }
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }
}
