/** The formats of files of lists: those that import jobs read. */
export type ListFileFormat = "csv" | "json";
