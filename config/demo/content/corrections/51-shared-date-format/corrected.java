package org.example.imports;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;

final class BookingDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("yyMMdd");

    private BookingDate() {}

    /** Throws DateTimeParseException when the text is no date. */
    static LocalDate parse(String text) {
        return LocalDate.parse(text, FORMAT);
    }
}
