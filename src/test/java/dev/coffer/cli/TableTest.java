package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columns_alignByCharacters() throws IOException {
        Table table = new Table("NAME", "SCHEMA").row("größe", "aws").row("x", "basic_auth");

        assertEquals("NAME   SCHEMA\ngröße  aws\nx      basic_auth\n", printed(table));
    }

    @Test
    void controlCharacters_areEscaped() throws IOException {
        Table table = new Table("KEY", "VALUE");
        table.verbatim("a", "red\u001b[31m\nline\u202e");

        assertEquals("KEY  VALUE\na    red\\u001b[31m\\u000aline\\u202e\n", printed(table));
    }

    @Test
    void emptyCells_areShown() throws IOException {
        assertEquals("A  B\n-  -\n", printed(new Table("A", "B").row(null, "")));
    }

    @Test
    void emptyValue_staysEmpty() throws IOException {
        Table table = new Table("KEY", "VALUE");
        table.verbatim("a", "");

        assertEquals("KEY  VALUE\na    \n", printed(table));
    }

    private static String printed(Table table) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        table.print(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
