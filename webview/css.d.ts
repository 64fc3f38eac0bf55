/** Style sheets are imported for the bundler: it writes them to a file beside the script. */
declare module '*.css';
