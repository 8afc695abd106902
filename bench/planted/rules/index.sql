-- An index for each rule that holds all the columns that the rule reads, in the
-- order in which it reads them, and for every area the areas that it is in.
create table inside as
  select id as area, id as upper from area
  union all select id, parent from area where parent >= 0
  union all select a.id, b.parent from area a join area b on b.id = a.parent where b.parent >= 0;
create index inside_area on inside (area, upper);
create index body_superior on body (superior, from_day, until_day, id);
create index body_id on body (id, from_day, until_day);
create index owner_duty on owner (duty, from_day, until_day);
create index scope_duty on scope (duty, area, from_day, until_day, id);
create index post_body on post (body, kind, from_day, until_day);
create index quota_body on quota (body, kind, from_day, until_day, posts);
