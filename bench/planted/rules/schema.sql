-- The tables of the rows: see Rows.Write. PostgreSQL, SQLite and DuckDB read
-- this alike.
create table body (id integer, superior integer, from_day integer, until_day integer);
create table area (id integer, parent integer);
create table owner (duty integer, body integer, from_day integer, until_day integer);
create table scope (id integer, duty integer, body integer, area integer, from_day integer, until_day integer);
create table post (body integer, kind integer, from_day integer, until_day integer);
create table quota (body integer, kind integer, posts integer, from_day integer, until_day integer);
