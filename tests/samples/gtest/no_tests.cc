// A suite that lists no test.
