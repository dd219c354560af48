package org.example.imports;

import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.Date;

final class BookingDate {
    private static final SimpleDateFormat FORMAT = new SimpleDateFormat("yyMMdd");

    private BookingDate() {}

    static Date parse(String text) {
        try {
            return FORMAT.parse(text);
        } catch (ParseException e) {
            return null;
        }
    }
}
